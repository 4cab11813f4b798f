# tests.mk - targets that test, measure and show. Included by the Makefile.

ASAN = BUILD=build/asan CFLAGS="-O1 -g -fsanitize=address,undefined \
       -fno-omit-frame-pointer -fno-sanitize-recover=undefined"
FUZZ = BUILD=build/fuzz CC=clang CXX=clang++ CFLAGS="-O1 -g \
       -fsanitize=address,undefined,fuzzer-no-link" LDFLAGS=-fsanitize=fuzzer

.PHONY: build-tests run-tests fuzzers run-fuzzers

test:
	sh deploy/deps.sh build run test
	$(MAKE) -j$$(nproc) $(ASAN) build-tests
	$(MAKE) $(ASAN) run-tests
build-tests: all $(tests) $(BUILD)/stocktide-sim

run-tests: build-tests
	@failed=; for t in $(tests); do echo "== $$t"; \
	  BUILD=$(BUILD) $$t || failed="$$failed $$t"; done; \
	  [ -z "$$failed" ] || { echo "FAILED:$$failed"; exit 1; }

fuzzers:
	$(MAKE) $(FUZZ) run-fuzzers
run-fuzzers: $(fuzzers)

SECONDS = 10
# CI gives a number of runs and a seed, so that it does the same each time.
FUZZ_LIMIT = -max_total_time=$(SECONDS)
.PHONY: fuzz
# Each fuzz target for so many seconds; what it learns stays for the next time.
fuzz: fuzzers
	@for f in $(notdir $(fuzzers)); do echo "== $$f"; \
	  mkdir -p build/corpus/$$f; \
	  build/fuzz/$$f $(FUZZ_LIMIT) -max_len=4096 -timeout=10 \
	  -artifact_prefix=build/corpus/$$f- build/corpus/$$f tests/data \
	  >build/corpus/$$f.log 2>&1 || \
	  { tail -n 40 build/corpus/$$f.log; exit 1; }; done

# Walks a real server through a platform, without our own fetch loop.
walked = $(patsubst %.c,$(BUILD)/%.o,$(wildcard \
         worker/platforms/vendure*.c worker/platforms/tryton*.c))
$(BUILD)/platform-walk: $(BUILD)/tests/platforms/walk.o $(walked) \
                 $(BUILD)/libcommon.a
	$(call say,LINK,$@)$(LINK) $^ $(LIBS) -o $@

.PHONY: test-platforms
# Real servers, the real programs: every row compared, then the changes.
test-platforms:
	sh deploy/deps.sh build run test
	sh tests/platforms/deps.sh
	$(MAKE) -j$$(nproc) all
	tests/platforms/sync.sh $(BUILD)

# Figures: ratios measured in one run, printed, never asserted.
benches = $(patsubst tests/bench/%.c,$(BUILD)/%,$(wildcard \
          tests/bench/bench_*.c))
bench_helpers = $(patsubst %.c,$(BUILD)/%.o,$(filter-out \
                tests/bench/bench_%,$(wildcard tests/bench/*.c)))
$(BUILD)/libbench.a: $(bench_helpers)
$(BUILD)/bench_%: $(BUILD)/tests/bench/bench_%.o $(BUILD)/libbench.a \
                 $(BUILD)/libworker.a $(BUILD)/libcommon.a
	$(call say,LINK,$@)$(LINK) -Wl,--start-group $^ -Wl,--end-group $(LIBS) -o $@

.PHONY: bench
bench: all $(benches) $(BUILD)/stocktide-sim
	@for b in $(benches); do BUILD=$(BUILD) $$b || exit 1; done

.PHONY: valgrind
# The release build, as users run it, without the sanitizers.
grinded = test_protocol test_platform_woocommerce test_platform_odoo \
          test_platform_csv test_config test_secret
valgrind:
	sh deploy/deps.sh build run test valgrind
	$(MAKE) -j$$(nproc) $(addprefix $(BUILD)/,$(grinded))
	@for t in $(grinded); do echo "== valgrind $$t"; \
	  CK_DEFAULT_TIMEOUT=60 BUILD=$(BUILD) valgrind -q --leak-check=full \
	  --errors-for-leak-kinds=definite --error-exitcode=9 \
	  $(BUILD)/$$t || exit 1; done

# make              build the programs into build/release
# make demo         install what is missing, build, run a whole sync, show it
# make test         the tests, under address and undefined-behaviour sanitizers
# make lint         formatting, and who includes whom
# make format       put the formatting right
# make docs         write the table of settings into README
# make bench        figures, as ratios in one run
# make fuzz         every parser, SECONDS=10 each
# make test-platforms   real Vendure and Tryton servers, every row compared
# make clean        remove build/
#
# make WERROR=-Werror ... is what CI runs; not the default, so that a newer
# compiler's new warning never stops somebody's build.

BUILD ?= build/release
CFLAGS ?= -O2 -g
CXXFLAGS ?= $(CFLAGS)
HARDEN = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wundef -Wformat=2 -Wwrite-strings \
       -Wcast-qual -Wconversion -Wvla $(WERROR)
CWARN = -Wstrict-prototypes -Wmissing-prototypes
DEFINES = -D_GNU_SOURCE -I.
LIBS = -lev -lcurl -lhiredis -lmsgpackc -lsqlite3 -lsodium -lsimdjson \
       -lstdc++ -lm
LINK = $(CC) $(CFLAGS) $(LDFLAGS) -pie -Wl,-z,relro,-z,now -Wl,--as-needed

common = $(patsubst %,$(BUILD)/%.o,$(basename \
         $(wildcard common/*.c common/*.cc common/metrics/*.c)))
platforms = $(patsubst %.c,$(BUILD)/%.o,$(wildcard worker/platforms/*.c))
worker = $(patsubst %.c,$(BUILD)/%.o,$(filter-out worker/main.c, \
         $(wildcard worker/*.c)))
producer = $(patsubst %.c,$(BUILD)/%.o,$(filter-out producer/main.c, \
           $(wildcard producer/*.c)))
cli = $(patsubst %.c,$(BUILD)/%.o,$(filter-out producer/cli/main.c, \
      $(wildcard producer/cli/*.c)))
sim = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/sim/*.c))
programs = $(BUILD)/stocktide $(BUILD)/stocktide-producer \
           $(BUILD)/stocktide-worker
# One program for each tests/test_<module>.c; the helpers beside them are
# linked to all.
tests = $(patsubst tests/%.c,$(BUILD)/%,$(wildcard tests/test_*.c))
test_helpers = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/helper_*.c))
fuzzers = $(patsubst tests/fuzz/%.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))

# One short line for each step; `make V=1` shows the commands.
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2);)

.PHONY: all deps demo demo-once test lint format docs clean help
.SECONDARY:
.DELETE_ON_ERROR:

all: $(programs)

$(BUILD)/libcommon.a: $(common)
$(BUILD)/libworker.a: $(worker) $(platforms)
$(BUILD)/libproducer.a: $(producer)
$(BUILD)/libcli.a: $(cli) $(platforms)
$(BUILD)/libsim.a: $(filter-out $(BUILD)/tests/sim/main.o,$(sim))
$(BUILD)/libtest.a: $(test_helpers)
%.a:
	$(call say,AR,$@)rm -f $@; $(AR) rcs $@ $^

$(BUILD)/stocktide: $(BUILD)/producer/cli/main.o $(BUILD)/libcli.a \
                    $(BUILD)/libcommon.a
	$(call say,LINK,$@)$(LINK) -Wl,--start-group $^ -Wl,--end-group $(LIBS) -o $@
$(BUILD)/stocktide-producer: $(BUILD)/producer/main.o \
                    $(BUILD)/libproducer.a $(BUILD)/libcommon.a
	$(call say,LINK,$@)$(LINK) -Wl,--start-group $^ -Wl,--end-group $(LIBS) -o $@
$(BUILD)/stocktide-worker: $(BUILD)/worker/main.o $(BUILD)/libworker.a \
                    $(BUILD)/libcommon.a
	$(call say,LINK,$@)$(LINK) -Wl,--start-group $^ -Wl,--end-group $(LIBS) -o $@
$(BUILD)/stocktide-sim: $(BUILD)/tests/sim/main.o $(BUILD)/libsim.a \
                    $(BUILD)/libcommon.a
	$(call say,LINK,$@)$(LINK) -Wl,--start-group $^ -Wl,--end-group $(LIBS) -lmicrohttpd -lz -lpthread -o $@
$(BUILD)/test_%: $(BUILD)/tests/test_%.o $(BUILD)/libtest.a \
                 $(BUILD)/libworker.a $(BUILD)/libproducer.a \
                 $(BUILD)/libcli.a $(BUILD)/libcommon.a
	$(call say,LINK,$@)$(LINK) -Wl,--start-group $^ -Wl,--end-group $(LIBS) -lcheck -lsubunit -lrt -lpthread -lz -lm -o $@
# Fuzz targets: `make fuzz` builds them with clang's libFuzzer.
$(BUILD)/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/libworker.a \
                 $(BUILD)/libproducer.a $(BUILD)/libcommon.a
	$(call say,LINK,$@)$(LINK) -Wl,--start-group $^ -Wl,--end-group $(LIBS) -o $@

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) -std=c17 $(DEFINES) $(WARN) $(CWARN) $(HARDEN) $(CPPFLAGS) \
	  $(CFLAGS) -MMD -MP -c $< -o $@
$(BUILD)/%.o: %.cc
	@mkdir -p $(@D)
	$(call say,CXX,$<)$(CXX) -std=c++17 $(DEFINES) $(WARN) $(HARDEN) $(CPPFLAGS) $(CXXFLAGS) \
	  -fno-exceptions -fno-rtti -MMD -MP -c $< -o $@

include tests/tests.mk

deps:
	sh deploy/deps.sh build run

demo demo-once: deps
	@$(MAKE) --no-print-directory -j$$(nproc) all $(BUILD)/stocktide-sim
	@deploy/demo.sh $(BUILD) $(if $(filter demo-once,$@),--once)

# README's table of settings is the program's own.
docs: $(BUILD)/stocktide
	deploy/readme-table.sh $< README.md

lint:
	clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h' '*.cc')
	sh tests/includes.sh
format:
	clang-format -i $$(git ls-files '*.c' '*.h' '*.cc')
help:
	@sed -n '/^# make /s/^# //p' Makefile
clean:
	$(RM) -r build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

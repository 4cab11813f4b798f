/* log.h - one line on standard error for each thing worth telling.
 *
 *   2026-11-23T02:00:00.123Z info worker[4711] demo/shop/sales: page 3 stored
 *
 * Say a thing once, where its reason is known; pass only -1 upwards.
 * Never give a secret to these functions.
 */
#ifndef LOG_H
#define LOG_H

#include "common/base.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* NAME is borrowed for ever: a literal. Lines below LEVEL are not written. */
void log_open(const char *name, enum log_level level);
/* Index of a level's name, or -1. */
int log_level_find(const char *name);

void log_debug(const char *format, ...) printf_like(1, 2);
void log_info(const char *format, ...) printf_like(1, 2);
void log_warn(const char *format, ...) printf_like(1, 2);
void log_error(const char *format, ...) printf_like(1, 2);

#endif

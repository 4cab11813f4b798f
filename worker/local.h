/* local.h - answers that need no network: files of a folder, or (for the test
 * platform "echo") nothing at all. */
#ifndef LOCAL_H
#define LOCAL_H

#include "common/platform.h"

/* Reads the file PATH names below FOLDER into BODY (cleared first): 200, 404, or
 * 403 for what is not a plain file below it; the reason in ERROR (256 bytes).
 * Files above LIMIT bytes: 413. */
int local_read(const char *folder, const char *path, size_t limit,
               struct buf *body, char *error);
/* The folder of "file:///dir" or "/dir"; NULL if URL is not local. Borrowed. */
const char *local_folder(const char *url);

#endif

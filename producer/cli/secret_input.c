/* secret_input.c - a secret from standard input. See secret_input.h. */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "producer/cli/secret_input.h"

/* Not through stdio, whose buffer would keep a copy. */
static int read_line(char *out, size_t size)
{
    size_t length = 0;
    ssize_t n = 1;

    while (length + 1 < size && n > 0) {
        n = read(STDIN_FILENO, out + length, 1);
        if (n > 0 && out[length] == '\n')
            break;
        length += n > 0;
    }
    if (length && out[length - 1] == '\r')
        length--;
    out[length] = '\0';
    return length > 0 && length + 1 < size ? 0 : -1;
}

int secret_input(char *out, size_t size)
{
    struct termios before, quiet;
    int result;

    if (tcgetattr(STDIN_FILENO, &before) == -1)
        return read_line(out, size);
    fputs("secret (not shown): ", stderr);
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    result = read_line(out, size);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
    return result;
}

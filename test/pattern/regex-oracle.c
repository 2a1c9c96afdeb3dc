/*
 * The C library's own answers about expressions, with the flags that
 * tinyproxy 1.11 uses for "FilterType ere" (src/filter.c).
 *
 * One request per line, one line of answer each. Fields are separated by
 * tabs; a field holds a string as hexadecimal bytes, so that it can be any.
 *   match EXPRESSION SUBJECT...  ->  "error", or a 0 or 1 for each subject
 *   address SUBJECT...           ->  1 where inet_aton takes it, else 0
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Decodes in place. The request must hold no 00 byte. */
static char *decode(char *hex)
{
    size_t length = strlen(hex) / 2;
    for (size_t i = 0; i < length; i++)
        hex[i] = (char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    hex[length] = '\0';
    return hex;
}

static void answer_match(char **fields)
{
    const int flags = REG_NEWLINE | REG_NOSUB | REG_EXTENDED | REG_ICASE;
    char *hex = strsep(fields, "\t");
    regex_t expression;

    if (hex == NULL || regcomp(&expression, decode(hex), flags) != 0) {
        fputs("error", stdout);
        return;
    }
    while ((hex = strsep(fields, "\t")) != NULL)
        putchar(regexec(&expression, decode(hex), 0, NULL, 0) ? '0' : '1');
    regfree(&expression);
}

static void answer_address(char **fields)
{
    struct in_addr address;
    char *hex;

    while ((hex = strsep(fields, "\t")) != NULL)
        putchar(inet_aton(decode(hex), &address) ? '1' : '0');
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;

    while (getline(&line, &size, stdin) > 0) {
        char *fields = line;
        line[strcspn(line, "\n")] = '\0';
        char *verb = strsep(&fields, "\t");
        if (strcmp(verb, "match") == 0)
            answer_match(&fields);
        else if (strcmp(verb, "address") == 0)
            answer_address(&fields);
        else
            return EXIT_FAILURE;
        putchar('\n');
    }
    free(line);
    return ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

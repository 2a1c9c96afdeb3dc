/*
 * The C library's own answers about expressions, with the flags that
 * tinyproxy 1.11 uses for "FilterType ere" (src/filter.c).
 *
 * One request per line, one line of answer each. Fields are separated by
 * tabs; a field holds a string as hexadecimal bytes, so that it can be any.
 *   match EXPRESSION SUBJECT...  ->  "error", or a 0 or 1 for each subject
 *   address SUBJECT...           ->  1 where inet_aton takes it, else 0
 * "slow" is the answer where this takes half a second of CPU time or a GiB of
 * memory: with some nested repetitions regcomp takes for ever.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

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

    int code = hex == NULL ? REG_BADPAT
                           : regcomp(&expression, decode(hex), flags);
    if (code != 0 && code != REG_ESPACE) {
        fputs("error", stdout);
        return;
    }
    while (code != REG_ESPACE && (hex = strsep(fields, "\t")) != NULL) {
        code = regexec(&expression, decode(hex), 0, NULL, 0);
        putchar(code == 0 ? '1' : '0');
    }
    if (code == REG_ESPACE)
        raise(SIGPROF);
    regfree(&expression);
}

static void answer_address(char **fields)
{
    struct in_addr address;
    char *hex;

    while ((hex = strsep(fields, "\t")) != NULL)
        putchar(inet_aton(decode(hex), &address) ? '1' : '0');
}

static void answer(char *line)
{
    const struct itimerval limit = { { 0, 0 }, { 0, 500000 } };
    const struct itimerval none = { { 0, 0 }, { 0, 0 } };
    char *fields = line;
    char *verb = strsep(&fields, "\t");

    setitimer(ITIMER_PROF, &limit, NULL);
    if (strcmp(verb, "match") == 0)
        answer_match(&fields);
    else if (strcmp(verb, "address") == 0)
        answer_address(&fields);
    else
        exit(EXIT_FAILURE);
    setitimer(ITIMER_PROF, &none, NULL);
    putchar('\n');
    fflush(stdout);
}

static char **lines;
static size_t count;

static void read_lines(void)
{
    size_t room = 0;
    size_t size = 0;
    char *line = NULL;

    while (getline(&line, &size, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (count == room) {
            room = 2 * room + 1024;
            lines = realloc(lines, room * sizeof *lines);
            if (lines == NULL)
                exit(EXIT_FAILURE);
        }
        lines[count++] = line;
        line = NULL;
    }
}

/* A child answers, so that one that is stuck can be given up. */
int main(void)
{
    const struct rlimit memory = { 1 << 30, 1 << 30 };
    size_t *done = mmap(NULL, sizeof *done, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (done == MAP_FAILED)
        return EXIT_FAILURE;
    read_lines();
    while (*done < count) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            setrlimit(RLIMIT_AS, &memory);
            for (; *done < count; ++*done)
                answer(lines[*done]);
            exit(EXIT_SUCCESS);
        }
        if (child < 0 || waitpid(child, &status, 0) != child)
            return EXIT_FAILURE;
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF) {
            puts("slow");
            fflush(stdout);
            ++*done;
        } else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}

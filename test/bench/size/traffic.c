/*
 * The ends of the requests that proxies are measured with: as little as can
 * be between two looks at the clock.
 *   traffic origin PORT
 *     answers every request with a page of two bytes
 *   traffic load ADDRESS PORT STATUS COUNT MILLISECONDS THREADS <HOSTS
 *     asks the proxy there for pages of these hosts, each in a connection of
 *     its own, until there were COUNT, the time is over or it gets SIGTERM.
 *     Prints the median of their times in microseconds, how many there were
 *     in a second, and the longest of the times. Fails if one is answered by
 *     another status.
 *   traffic tunnels ADDRESS PORT HOST COUNT
 *     opens as many tunnels to port 443 of HOST by the proxy there, says
 *     "ready", and when its input ends uses each and prints how many are lost
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 1000000

static char **hosts;
static int host_count, count;
static struct sockaddr_in proxy;
static const char *status;
static double deadline;
static volatile sig_atomic_t is_enough;
static atomic_int next_request, failures;
static double times[MOST];

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static struct sockaddr_in at(const char *address, int port)
{
    struct sockaddr_in end = { .sin_family = AF_INET };
    end.sin_port = htons(port);
    if (inet_pton(AF_INET, address, &end.sin_addr) != 1)
        fail(address);
    return end;
}

static int request(const char *host)
{
    char text[2048], answer[65536];
    int used = 0, got, s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0 || connect(s, (struct sockaddr *)&proxy, sizeof proxy) != 0)
        fail("connect");
    int length = snprintf(text, sizeof text,
        "GET http://%s/ HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
        host, host);
    if (write(s, text, length) != length)
        fail("write");
    while ((got = read(s, answer + used, sizeof answer - 1 - used)) > 0)
        used += got;
    close(s);
    answer[used] = '\0';
    if (used > 12 && strncmp(answer + 9, status, 3) == 0)
        return 1;
    if (atomic_fetch_add(&failures, 1) == 0)
        fprintf(stderr, "%s: %.60s\n", host, answer);
    return 0;
}

static void *worker(void *unused)
{
    (void)unused;
    for (;;) {
        int nth = atomic_fetch_add(&next_request, 1);
        double start = now();
        if (nth >= count || ((is_enough || start > deadline) && nth > 2))
            return NULL;
        request(hosts[nth % host_count]);
        times[nth] = now() - start;
    }
}

static int compare(const void *one, const void *other)
{
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

static void load(int threads)
{
    pthread_t ids[64];
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    int done = 0;

    while ((length = getline(&line, &size, stdin)) > 0) {
        line[strcspn(line, "\n")] = '\0';
        hosts = realloc(hosts, (host_count + 1) * sizeof *hosts);
        hosts[host_count++] = strdup(line);
    }
    double start = now();
    deadline += start;
    for (int i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, worker, NULL) != 0)
            fail("pthread_create");
    for (int i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    double took = now() - start;
    for (int i = 0; i < count && times[i] > 0; i++)
        done++;
    qsort(times, done, sizeof *times, compare);
    printf("%.1f %.1f %.1f\n", times[done / 2], done / took * 1e6,
        times[done - 1]);
}

static void enough(int signal)
{
    (void)signal;
    is_enough = 1;
}

/* Whether what is written there is answered with 200. */
static int ask(int s, const char *text)
{
    char answer[65536];
    ssize_t length = strlen(text);

    return send(s, text, length, MSG_NOSIGNAL) == length
        && (length = recv(s, answer, sizeof answer - 1, 0)) > 12
        && strncmp(answer + 9, "200", 3) == 0;
}

static void tunnels(const char *host)
{
    int *open = calloc(count, sizeof *open);
    char connect_to[1024], get[1024];
    int lost = 0;

    snprintf(connect_to, sizeof connect_to,
        "CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n", host, host);
    snprintf(get, sizeof get, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", host);
    for (int i = 0; i < count; i++) {
        open[i] = socket(AF_INET, SOCK_STREAM, 0);
        if (open[i] < 0 || connect(open[i], (struct sockaddr *)&proxy,
                sizeof proxy) != 0 || !ask(open[i], connect_to))
            fail("tunnel");
    }
    puts("ready");
    fflush(stdout);
    while (getchar() != EOF)
        ;
    for (int i = 0; i < count; i++)
        lost += !ask(open[i], get);
    printf("%d\n", lost);
}

static void *answer_one(void *socket)
{
    static const char page[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
        "Connection: close\r\n\r\nok";
    char text[8192];
    int used = 0, got, s = (int)(long)socket;

    while ((got = read(s, text + used, sizeof text - 1 - used)) > 0) {
        used += got;
        text[used] = '\0';
        if (strstr(text, "\r\n\r\n") != NULL) {
            if (write(s, page, sizeof page - 1) < 0)
                perror("write");
            break;
        }
    }
    close(s);
    return NULL;
}

static void origin(int port)
{
    struct sockaddr_in address = at("127.0.0.1", port);
    int yes = 1, s = socket(AF_INET, SOCK_STREAM, 0);
    pthread_attr_t detached;

    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(s, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(s, 1024) != 0)
        fail("listen");
    for (;;) {
        pthread_t id;
        int one = accept(s, NULL, NULL);
        if (one < 0)
            fail("accept");
        if (pthread_create(&id, &detached, answer_one, (void *)(long)one) != 0)
            fail("pthread_create");
    }
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "origin") == 0) {
        origin(atoi(argv[2]));
    } else if (argc == 8 && strcmp(argv[1], "load") == 0) {
        proxy = at(argv[2], atoi(argv[3]));
        status = argv[4];
        count = atoi(argv[5]);
        deadline = atoi(argv[6]) * 1e3;
        if (count > MOST)
            return EXIT_FAILURE;
        signal(SIGTERM, enough);
        load(atoi(argv[7]));
    } else if (argc == 6 && strcmp(argv[1], "tunnels") == 0) {
        proxy = at(argv[2], atoi(argv[3]));
        count = atoi(argv[5]);
        tunnels(argv[4]);
    } else {
        fputs("usage: see traffic.c\n", stderr);
        return EXIT_FAILURE;
    }
    return failures > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

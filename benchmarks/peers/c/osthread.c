/*
 * Microseconds to create, run and join one thread whose stack is ours and is used again each time: what a runtime that caches its
 * stacks pays the system. Prints one JSON object.
 *
 *     osthread [THREADS]
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

enum { STACK_SIZE = 1 << 20, GUARD_SIZE = 4096, REPETITIONS = 7 };

static volatile int ran;

static void *body(void *argument)
{
    (void)argument;
    ran++;
    return NULL;
}

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static double repetition(pthread_attr_t *attributes, int threads)
{
    double start = now_us();
    for (int i = 0; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, attributes, body, NULL) != 0 || pthread_join(thread, NULL) != 0)
            die("thread");
    }
    return (now_us() - start) / threads;
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    int threads = argc > 1 ? atoi(argv[1]) : 1000;
    char *mapping = mmap(NULL, GUARD_SIZE + STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (mapping == MAP_FAILED)
        die("mmap");
    if (mprotect(mapping, GUARD_SIZE, PROT_NONE) != 0)
        die("mprotect");
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstack(&attributes, mapping + GUARD_SIZE, STACK_SIZE) != 0)
        die("attributes");

    repetition(&attributes, threads);
    double values[REPETITIONS];
    for (int i = 0; i < REPETITIONS; i++)
        values[i] = repetition(&attributes, threads);
    qsort(values, REPETITIONS, sizeof values[0], ascending);
    printf("{\"us\":%.3f}\n", values[REPETITIONS / 2]);
    return 0;
}

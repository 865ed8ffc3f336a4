/* A disk whose flush takes 1.5 ms longer, for `just bench-slow-disk`: this library stands before libc (LD_PRELOAD) and
   waits after each fdatasync and fsync, in the benchmark and in the server alike. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

typedef int (*flush)(int);

static int slowly(const char *name, int file) {
    flush real = (flush)dlsym(RTLD_NEXT, name);
    int result = real(file);
    nanosleep(&(struct timespec){.tv_nsec = 1500000}, NULL);
    return result;
}

int fdatasync(int file) { return slowly("fdatasync", file); }
int fsync(int file) { return slowly("fsync", file); }

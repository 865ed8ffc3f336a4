/* A disk that fails on demand: this library stands before libc (LD_PRELOAD) and makes writes or flushes of the database
   file and its log fail while the file of FAULTY_DISK says so. That file holds: which calls ("write" or "sync"), the
   error as a number, and "every": only each n-th of these calls fails. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_uint calls;

static int is_database(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, "asktell.db") != NULL && strstr(path, "-shm") == NULL;
}

static int fails(const char *call, int file) {
    const char *control = getenv("FAULTY_DISK");
    if (!control || !is_database(file)) return 0;
    FILE *settings = fopen(control, "r");
    if (!settings) return 0;
    char which[16] = "";
    int error = 0, every = 1;
    int read = fscanf(settings, "%15s %d %d", which, &error, &every);
    fclose(settings);
    if (read != 3 || strcmp(which, call) != 0) return 0;
    if (++calls % (unsigned)every != 0) return 0;
    errno = error;
    return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void *data, size_t size) {
    return fails("write", file) ? -1 : REAL(write)(file, data, size);
}
ssize_t pwrite(int file, const void *data, size_t size, off_t at) {
    return fails("write", file) ? -1 : REAL(pwrite)(file, data, size, at);
}
ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    return fails("write", file) ? -1 : REAL(pwrite64)(file, data, size, at);
}
int fsync(int file) { return fails("sync", file) ? -1 : REAL(fsync)(file); }
int fdatasync(int file) { return fails("sync", file) ? -1 : REAL(fdatasync)(file); }

// Loaded into the programs of a build (LD_PRELOAD): cargo-leptos gets the same random numbers each time. When
// it splits the client, the order of functions is that of hash tables, which depends on them. All other
// programs get random numbers as always.
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

ssize_t getrandom(void *buffer, size_t length, unsigned int flags) {
  if (strcmp(program_invocation_short_name, "cargo-leptos") != 0) {
    return syscall(SYS_getrandom, buffer, length, flags);
  }
  memset(buffer, 1, length);
  return (ssize_t)length;
}

/* The physical limit: how many processes a second this machine can start, read and wait for, with posix_spawn and epoll.
 * usage: spawn-limit IN_FLIGHT SECONDS SPAWNERS PROGRAM [ARGUMENT...]     prints spawns per second */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct slot {
  int fd;
  pid_t pid;
};

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void start(struct slot *slot, int epoll, char **command) {
  int ends[2];
  posix_spawn_file_actions_t actions;
  if (pipe2(ends, O_CLOEXEC)) exit(2);
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  if (posix_spawn(&slot->pid, command[0], &actions, NULL, command, environ)) exit(2);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  slot->fd = ends[0];
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = slot};
  epoll_ctl(epoll, EPOLL_CTL_ADD, slot->fd, &event);
}

/* Keeps `count` children running for `length` seconds; returns how many ended in that time, per second. */
static double run(int count, double length, char **command) {
  struct slot *slots = calloc(count, sizeof *slots);
  int epoll = epoll_create1(EPOLL_CLOEXEC), live = count;
  long done = 0;
  char buffer[4096];
  double began = seconds(), elapsed = 0;
  for (int i = 0; i < count; i++) start(&slots[i], epoll, command);
  while (live > 0) {
    struct epoll_event events[64];
    int ready = epoll_wait(epoll, events, 64, -1);
    for (int i = 0; i < ready; i++) {
      struct slot *slot = events[i].data.ptr;
      if (slot->fd < 0 || read(slot->fd, buffer, sizeof buffer) > 0) continue;
      /* A child that was forked this moment may still hold the pipe: closing alone would not take it out. */
      epoll_ctl(epoll, EPOLL_CTL_DEL, slot->fd, NULL);
      close(slot->fd);
      slot->fd = -1;
      waitpid(slot->pid, NULL, 0);
      done++;
      elapsed = seconds() - began;
      if (elapsed < length) start(slot, epoll, command);
      else live--;
    }
  }
  return done / elapsed;
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  int in_flight = atoi(argv[1]), spawners = atoi(argv[3]), ends[2];
  double length = atof(argv[2]), rate, total = 0;
  if (pipe(ends)) return 2;
  for (int i = 0; i < spawners; i++) {
    if (fork() == 0) {
      rate = run(in_flight / spawners, length, argv + 4);
      if (write(ends[1], &rate, sizeof rate) < 0) _exit(2);
      _exit(0);
    }
  }
  for (int i = 0; i < spawners; i++) {
    if (read(ends[0], &rate, sizeof rate) != sizeof rate) return 2;
    total += rate;
  }
  while (wait(NULL) > 0) continue;
  printf("%.0f\n", total);
  return 0;
}

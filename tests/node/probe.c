/* probe MILLISECONDS ADDRESS:PORT...
 *
 * Asks for all the TCP connections at once and prints a line for each: "open ADDRESS:PORT",
 * "refused ..." where somebody said no, "closed ..." where nobody answered in that time.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TARGETS_MAX 256

static long long now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

int main(int count, char** words) {
  static struct pollfd waits[TARGETS_MAX];
  static const char* said[TARGETS_MAX];
  int targets = count - 2, open = 0;
  if (targets < 1 || targets > TARGETS_MAX) return 2;
  const long long end = now_ms() + atoll(words[1]);
  for (int i = 0; i < targets; ++i) {
    struct sockaddr_in to = {.sin_family = AF_INET};
    char text[64];
    snprintf(text, sizeof text, "%s", words[i + 2]);
    char* colon = strrchr(text, ':');
    if (colon == NULL) return 2;
    *colon = 0;
    to.sin_port = htons((unsigned short)atoi(colon + 1));
    if (inet_pton(AF_INET, text, &to.sin_addr) != 1) return 2;
    waits[i].fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (waits[i].fd < 0) return 3;
    waits[i].events = POLLOUT;
    said[i] = "closed";
    if (connect(waits[i].fd, (struct sockaddr*)&to, sizeof to) == 0 || errno == EINPROGRESS) {
      ++open;
      continue;
    }
    said[i] = "refused";
    close(waits[i].fd);
    waits[i].fd = -1;
  }
  while (open > 0) {
    const long long left = end - now_ms();
    if (left <= 0 || poll(waits, (nfds_t)targets, (int)left) <= 0) break;
    for (int i = 0; i < targets; ++i) {
      if (waits[i].fd < 0 || waits[i].revents == 0) continue;
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(waits[i].fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error == 0)
        said[i] = "open";
      else if (error != ETIMEDOUT)
        said[i] = "refused";
      close(waits[i].fd);
      waits[i].fd = -1;
      --open;
    }
  }
  for (int i = 0; i < targets; ++i) printf("%s %s\n", said[i], words[i + 2]);
  return 0;
}

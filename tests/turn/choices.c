// Replaces the random choices of coturn's client; loaded by LD_PRELOAD. The client requests EVEN-PORT every
// other time, which halloo does not implement because no browser uses it, and before version 4.16 it takes
// channel numbers from the range of RFC 5766, of which RFC 8656 keeps a quarter.

#include <string.h>

extern int RAND_priv_bytes(unsigned char *bytes, int length);

// The client reads longs for channel numbers, as offsets from 0x4000, and since version 4.6.2 for EVEN-PORT,
// which odd numbers would request.
int RAND_bytes(unsigned char *bytes, int length) {
  static long chosen = 0;
  if (length != sizeof chosen) return RAND_priv_bytes(bytes, length);
  chosen = (chosen + 2) % 0x1000;
  memcpy(bytes, &chosen, sizeof chosen);
  return 1;
}

// EVEN-PORT: no. TLS version: the newest. Wait beyond one second: none.
long random(void) { return 0; }

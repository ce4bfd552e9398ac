// What coturn's client leaves to chance, decided: loaded before its libraries. It asks every other time for an even port,
// which halloo knows nothing of, as no browser wants one, and before version 4.16 it takes the numbers of channels from
// RFC 5766, a quarter of which are left in RFC 8656.

#include <string.h>

extern int RAND_priv_bytes(unsigned char *bytes, int length);

// Longs are wanted for the numbers of channels, counted from 0x4000 on, and since version 4.6.2 for what follows too: then
// odd ones would ask for an even port.
int RAND_bytes(unsigned char *bytes, int length) {
  static long chosen = 0;
  if (length != sizeof chosen) return RAND_priv_bytes(bytes, length);
  chosen = (chosen + 2) % 0x1000;
  memcpy(bytes, &chosen, sizeof chosen);
  return 1;
}

// Whether to ask for an even port (no), which TLS to speak (the newest), and how long to wait beyond a second (no longer).
long random(void) { return 0; }

// Whether the instance's metadata service answers in this container.
#ifndef PARBAKE_GATE_METADATA_H
#define PARBAKE_GATE_METADATA_H

// What `gate --metadata` exits with, to be added up.
enum gate_metadata {
  GATE_METADATA_SILENT = 0,
  GATE_METADATA_IPV4 = 1,
  GATE_METADATA_IPV6 = 2,
};

// Asks the service at both of its addresses, for some seconds at most.
enum gate_metadata gate_ask_metadata(void);

#endif

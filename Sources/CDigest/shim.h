// libmd: SHA-256, as the BSD systems have it.
#ifndef CDIGEST_SHIM_H
#define CDIGEST_SHIM_H
#include <sha2.h>
#endif

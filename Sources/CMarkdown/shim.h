// cmark-gfm: where the blocks of a CommonMark document begin and end.
#ifndef CMARKDOWN_SHIM_H
#define CMARKDOWN_SHIM_H
#include <cmark-gfm.h>
#endif

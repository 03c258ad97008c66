// libedit: the variadic entry points of its wide-character API, wrapped for Swift.
#ifndef CEDITLINE_SHIM_H
#define CEDITLINE_SHIM_H
#include <histedit.h>
#endif

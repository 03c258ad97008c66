// libyaml: the events of a YAML text. The parser keeps pointers to itself and to the text, so both
// live together in one block that does not move.
#ifndef CYAML_SHIM_H
#define CYAML_SHIM_H

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

typedef struct {
  yaml_parser_t parser;
  unsigned char text[];
} cnb_yaml;

static inline void cnb_yaml_close(cnb_yaml *yaml) {
  yaml_parser_delete(&yaml->parser);
  free(yaml);
}

/// A parser of a copy of the text, in UTF-8; NULL where memory is short.
static inline cnb_yaml *cnb_yaml_open(const unsigned char *text, size_t count) {
  cnb_yaml *yaml = calloc(1, sizeof(cnb_yaml) + count);
  if (yaml == NULL) return NULL;
  if (!yaml_parser_initialize(&yaml->parser)) {
    cnb_yaml_close(yaml);
    return NULL;
  }
  if (count > 0) memcpy(yaml->text, text, count);
  yaml_parser_set_encoding(&yaml->parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&yaml->parser, yaml->text, count);
  return yaml;
}

/// Reads one event, which the caller deletes; 0 on an error, which the parser describes.
static inline int cnb_yaml_next(cnb_yaml *yaml, yaml_event_t *event) {
  return yaml_parser_parse(&yaml->parser, event);
}

#endif

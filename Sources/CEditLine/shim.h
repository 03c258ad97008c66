// libedit: the entry points that Swift cannot call because they are variadic or need stdin and
// stdout, wrapped one by one. No policy lives here.
#ifndef CEDITLINE_SHIM_H
#define CEDITLINE_SHIM_H

#include <histedit.h>
#include <stdio.h>

/// A function that a key runs; it returns one of the CC_ codes.
typedef unsigned char (*cnb_key_function)(EditLine *, wint_t);
/// Gives the prompt; the string must outlive the line being read.
typedef wchar_t *(*cnb_prompt_function)(EditLine *);

static const unsigned char cnb_cc_norm = CC_NORM;
static const unsigned char cnb_cc_refresh = CC_REFRESH;
static const unsigned char cnb_cc_error = CC_ERROR;

static inline EditLine *cnb_el_open(const char *name) {
  return el_init(name, stdin, stdout, stderr);
}

static inline int cnb_el_set_editor(EditLine *el, const wchar_t *name) {
  return el_wset(el, EL_EDITOR, name);
}

static inline int cnb_el_set_signal(EditLine *el, int on) { return el_wset(el, EL_SIGNAL, on); }

static inline int cnb_el_set_client(EditLine *el, void *client) {
  return el_wset(el, EL_CLIENTDATA, client);
}

static inline void *cnb_el_client(EditLine *el) {
  void *client = NULL;
  return el_wget(el, EL_CLIENTDATA, &client) == 0 ? client : NULL;
}

static inline int cnb_el_set_prompt(EditLine *el, cnb_prompt_function prompt, int literal_mark) {
  return el_wset(el, EL_PROMPT_ESC, prompt, literal_mark);
}

static inline int cnb_el_set_reader(EditLine *el, el_rfunc_t read) {
  return el_wset(el, EL_GETCFN, read);
}

static inline int cnb_el_add(
    EditLine *el, const wchar_t *name, const wchar_t *help, cnb_key_function run) {
  return el_wset(el, EL_ADDFN, name, help, run);
}

static inline int cnb_el_bind(EditLine *el, const wchar_t *keys, const wchar_t *command) {
  return el_wset(el, EL_BIND, keys, command, (wchar_t *)NULL);
}

static inline int cnb_el_set_history(EditLine *el, HistoryW *history) {
  return el_wset(el, EL_HIST, history_w, history);
}

static inline int cnb_el_prepare_terminal(EditLine *el, int edit_mode) {
  return el_wset(el, EL_PREP_TERM, edit_mode);
}

static inline int cnb_el_refresh(EditLine *el) { return el_wset(el, EL_REFRESH); }

static inline int cnb_history_limit(HistoryW *history, int entries) {
  HistEventW event;
  return history_w(history, &event, H_SETSIZE, entries);
}

static inline int cnb_history_unique(HistoryW *history, int on) {
  HistEventW event;
  return history_w(history, &event, H_SETUNIQUE, on);
}

static inline int cnb_history_enter(HistoryW *history, const wchar_t *line) {
  HistEventW event;
  return history_w(history, &event, H_ENTER, line);
}

/// How many columns a character fills in the locale set; -1 for a control.
static inline int cnb_columns(wchar_t character) {
  extern int wcwidth(wchar_t);
  return wcwidth(character);
}

#endif

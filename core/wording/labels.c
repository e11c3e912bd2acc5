/*
 * Labels: the backend's words in the customer's language, and the timeline made of them.
 *
 *     labels "statut" {
 *       fr = [[
 *     pending, en_attente, new   = Demande créée          a stage; other names of it behind commas
 *     accepted, assigned         = Livreur trouvé         stages stand in their order
 *     ! cancelled, annule        = Course annulée         beside the path: it ends a timeline
 *     *                          = En cours               any other word; without it the word itself is shown
 *     ]],
 *     }
 */
#include <string.h>
#include <strings.h>

#include "private.h"

#define DONE "✅ "
#define NOW "🔵 "
#define TO_COME "⚪ "
#define ENDED "❌ "

/* ---- reading ---- */

struct span {
    const char *text;
    size_t      len;
};

static struct span trimmed(const char *text, size_t len)
{
    while (len > 0 && (*text == ' ' || *text == '\t'))
        text++, len--;
    while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
        len--;
    return (struct span){ text, len };
}

static const struct label *find_key(const struct label_list *labels, const char *key)
{
    for (size_t i = 0; i < labels->count; i++)
        for (size_t k = 0; k < labels->list[i].key_count; k++)
            if (strcasecmp(labels->list[i].keys[k], key) == 0)
                return &labels->list[i];
    return NULL;
}

static bool add_key(struct reader *r, const struct label_list *known, struct label *label, struct span key)
{
    const char *text = arena_text(&r->w->arena, key.text, key.len);
    const struct label *twin;

    if (text == NULL)
        return false;
    twin = find_key(known, text);
    if (twin != NULL)
        report(r, PROBLEM_ERROR, "M23", label->line, 1, NULL, "\"%s\" stands in line %d already", text, twin->line);
    label->keys = arena_more(&r->w->arena, label->keys, label->key_count, sizeof *label->keys);
    if (label->keys == NULL)
        return false;
    label->keys[label->key_count++] = text;
    return true;
}

static bool read_keys(struct reader *r, const struct label_list *known, struct label *label, struct span keys)
{
    if (keys.len > 0 && *keys.text == '!') {
        label->place = LABEL_OFF_PATH;
        keys = trimmed(keys.text + 1, keys.len - 1);
    }
    if (keys.len == 1 && *keys.text == '*') {
        label->place = LABEL_OTHERWISE;
        return true;
    }
    while (keys.len > 0) {
        const char *comma = memchr(keys.text, ',', keys.len);
        size_t len = comma == NULL ? keys.len : (size_t)(comma - keys.text);
        struct span key = trimmed(keys.text, len);

        if (key.len > 0 && !add_key(r, known, label, key))
            return false;
        len += comma != NULL;
        keys.text += len;
        keys.len -= len;
    }
    return true;
}

static bool read_line(struct reader *r, const char *text, size_t len, int line, struct label_list *out)
{
    const char *equals = memchr(text, '=', len);
    struct label label = { .line = line };
    struct phrase phrase = { .line = line };
    struct node *node;
    struct span words;

    if (equals == NULL) {
        report(r, PROBLEM_ERROR, "M21", line, 1, "one label a line: en_route = Colis en route", "a label without =");
        return true;
    }
    if (!read_keys(r, out, &label, trimmed(text, (size_t)(equals - text))))
        return false;
    words = trimmed(equals + 1, len - (size_t)(equals + 1 - text));
    if (words.len == 0 || (label.key_count == 0 && label.place != LABEL_OTHERWISE)) {
        report(r, PROBLEM_ERROR, "M21", line, 1, "one label a line: en_route = Colis en route", "a label without %s",
               words.len == 0 ? "text" : "a key");
        return true;
    }
    node = arena_take(&r->w->arena, sizeof *node);
    if (node == NULL)
        return false;
    node->text = arena_text(&r->w->arena, words.text, words.len);
    node->len = words.len;
    phrase.nodes = node;
    phrase.count = 1;
    if (node->text == NULL || (r->language == LANGUAGE_FR && !french_spaces(&r->w->arena, &phrase, &r->in_fence)))
        return false;
    label.text = node->text;
    out->list = arena_more(&r->w->arena, out->list, out->count, sizeof *out->list);
    if (out->list == NULL)
        return false;
    out->list[out->count++] = label;
    return true;
}

bool labels_read(struct reader *r, const struct decl *text, struct label_list *out)
{
    const char *at = text->string;
    int index = 0;

    out->present = true;
    r->in_fence = false;
    for (; *at != '\0'; index++) {
        size_t len = strcspn(at, "\n");

        if (trimmed(at, len).len > 0 && !read_line(r, at, len, text_line(text, index), out))
            return false;
        at += len + (at[len] == '\n');
    }
    if (out->count == 0)
        report(r, PROBLEM_ERROR, "M21", text->line, text->column, "one label a line: en_route = Colis en route",
               "no label in it");
    return true;
}

/* ---- using ---- */

const struct labels *labels_find(const struct wording *w, const char *id)
{
    for (size_t i = 0; i < w->set_count; i++)
        if (strcmp(w->sets[i].id, id) == 0)
            return &w->sets[i];
    return NULL;
}

const struct label *labels_get(const struct labels *set, enum language l, const char *key)
{
    const struct label_list *labels = &set->versions[set->shown[l]];
    const struct label *found = find_key(labels, key);

    for (size_t i = 0; found == NULL && i < labels->count; i++)
        if (labels->list[i].place == LABEL_OTHERWISE)
            found = &labels->list[i];
    return found;
}

const char *wording_label(const struct wording *w, const char *set, const char *key, const char *language)
{
    const struct labels *labels = labels_find(w, set);
    enum language l = language_find(language);
    const struct label *label;

    if (labels == NULL)
        return NULL;
    label = labels_get(labels, l == LANGUAGE_NONE ? LANGUAGE_FR : l, key);
    return label == NULL ? NULL : label->text;
}

/* ---- the timeline ---- */

static const cJSON *time_of(const struct label *label, const struct format_env *env)
{
    const cJSON *found = NULL;

    for (size_t k = 0; found == NULL && k < label->key_count; k++)
        found = json_get(env->times, label->keys[k]);
    return cJSON_IsString(found) || cJSON_IsNumber(found) ? found : NULL;
}

static void add_stage(const char *mark, bool bold, const struct label *label, const struct format_env *env, size_t from,
                      struct buf *out)
{
    const cJSON *time = time_of(label, env);
    struct atom atom;

    buf_addf(out, bold ? "%s%s*%s*" : "%s%s%s", out->len > from ? "\n" : "", mark, label->text);
    if (time == NULL)
        return;
    atom = (struct atom){ .is_number = cJSON_IsNumber(time), .number = time->valuedouble, .text = time->valuestring };
    buf_adds(out, " · ");
    if (!time_print(env, &atom, out) && !atom.is_number && text_is_clean(atom.text))
        buf_adds(out, atom.text);
}

/* A cancelled course keeps the stages that it reached: those that have an hour, else the first (decisions.md, "TokTok"). */
static void print_ended(const struct label_list *labels, const struct label *end, const struct format_env *env, struct buf *out)
{
    size_t from = out->len;

    for (size_t i = 0; i < labels->count; i++)
        if (labels->list[i].place == LABEL_ON_PATH && time_of(&labels->list[i], env) != NULL)
            add_stage(DONE, false, &labels->list[i], env, from, out);
    for (size_t i = 0; out->len == from && i < labels->count; i++)
        if (labels->list[i].place == LABEL_ON_PATH)
            add_stage(DONE, false, &labels->list[i], env, from, out);
    add_stage(ENDED, true, end, env, from, out);
}

static void print_path(const struct label_list *labels, const struct label *now, const struct format_env *env, struct buf *out)
{
    size_t from = out->len;
    const struct label *last = NULL;
    const char *mark = DONE;

    for (size_t i = 0; i < labels->count; i++)
        if (labels->list[i].place == LABEL_ON_PATH)
            last = &labels->list[i];
    for (size_t i = 0; i < labels->count; i++) {
        const struct label *label = &labels->list[i];
        bool current = label == now && label != last;

        if (label->place != LABEL_ON_PATH)
            continue;
        add_stage(current ? NOW : mark, current, label, env, from, out);
        if (current)
            mark = TO_COME;
    }
}

bool timeline_print(const struct labels *set, const struct format_env *env, const char *key, struct buf *out)
{
    const struct label_list *labels = &set->versions[set->shown[env->language]];
    const struct label *now = labels_get(set, env->language, key);

    if (now == NULL || now->place == LABEL_OTHERWISE) {
        buf_adds(out, TO_COME);
        buf_adds(out, now == NULL ? key : now->text);
    } else if (now->place == LABEL_OFF_PATH) {
        print_ended(labels, now, env, out);
    } else {
        print_path(labels, now, env, out);
    }
    return buf_ok(out);
}

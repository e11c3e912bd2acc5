/*
 * A message id becomes the parts that leave: media, a location request, a text with its choices or its link, contact cards; or a
 * template.
 *
 * What is written too long is an error of wording_build(); what values make too long is cut here with an ellipsis, because a
 * customer is better served by a shortened address than by an apology.
 */
#include <stdlib.h>
#include <string.h>

#include "lisolo/channel.h"
#include "render.h"

bool render_no_memory(const struct job *j)
{
    return error_set(j->err, "%s:%d: out of memory", j->m->file, j->v->line);
}

/* ---- texts ---- */

/* What is in `b` becomes *text, at most `max` long. Frees `b`. */
static bool take_text(struct job *j, struct buf *b, size_t max, char **text)
{
    bool ok = text_shorten(b, 0, max) && (*text = buf_take(b, NULL)) != NULL;

    buf_free(b);
    return ok || render_no_memory(j);
}

bool render_block(struct job *j, const struct block *block, size_t max, char **text)
{
    struct buf b;

    buf_init(&b, RENDER_BYTES_MAX);
    if (!block_print(&j->print, block, &b)) {
        buf_free(&b);
        return false;
    }
    if (text_is_blank(buf_str(&b))) {
        buf_free(&b);
        j->out->nothing = true;
        return error_set(j->err, "%s:%d: message %s has nothing to say: its lines are left out or empty", j->m->file,
                         j->v->line, j->m->id);
    }
    return take_text(j, &b, max, text);
}

/* One line: a title, a header… */
bool render_line(struct job *j, const struct phrase *phrase, size_t max, char **text)
{
    struct buf b;

    buf_init(&b, RENDER_BYTES_MAX);
    if (!phrase_print(&j->print, phrase, &b)) {
        buf_free(&b);
        return false;
    }
    text_one_line(&b, 0);
    if (text_is_blank(buf_str(&b))) {
        buf_free(&b);
        return error_set(j->err, "%s:%d: empty once its values are filled in", j->m->file, phrase->line);
    }
    return take_text(j, &b, max, text);
}

/* The same for what may be left out: *text stays NULL. False: out of memory only. */
bool render_optional(struct job *j, const struct phrase *phrase, size_t max, char **text)
{
    struct error *err = j->err, ignored;
    struct buf b;
    bool ok = true;

    j->err = j->print.err = &ignored;
    buf_init(&b, RENDER_BYTES_MAX);
    if (phrase_print(&j->print, phrase, &b)) {
        text_one_line(&b, 0);
        if (!text_is_blank(buf_str(&b)))
            ok = take_text(j, &b, max, text);
    }
    buf_free(&b);
    j->err = j->print.err = err;
    return ok || render_no_memory(j);
}

/* ---- choices ---- */

/* An item without an id or a title cannot be shown; the others can. False: out of memory, or a title that is not an item's. */
static bool add_choice(struct job *j, struct message *m, const struct choice *c, const char *id, bool optional)
{
    size_t most = m->kind == MESSAGE_LIST       ? CHANNEL_ROW_TITLE_MAX
                  : m->kind == MESSAGE_TEMPLATE ? CHANNEL_TEMPLATE_BUTTON_MAX
                                                : CHANNEL_BUTTON_TITLE_MAX;
    char *title = NULL, *description = NULL;
    bool ok;

    ok = optional ? render_optional(j, &c->title, most, &title) : render_line(j, &c->title, most, &title);
    if (ok && title != NULL && c->described)
        ok = render_optional(j, &c->description, CHANNEL_ROW_DESCRIPTION_MAX, &description);
    if (ok && title != NULL && !message_add_choice(m, id, title, description))
        ok = render_no_memory(j);
    free(title);
    free(description);
    return ok;
}

static bool has_id(const struct message *m, const char *id)
{
    for (size_t i = 0; i < m->choice_count; i++)
        if (strcmp(m->choices[i].id, id) == 0)
            return true;
    return false;
}

/* The id of an item of data, in `room` when it is a number. NULL: it has none that could come back from a tap. */
static const char *item_id(const cJSON *item, char *room, size_t size)
{
    const cJSON *id = json_get(item, "id");
    struct buf b;
    const char *text = NULL;

    if (cJSON_IsString(id))
        text = id->valuestring;
    if (cJSON_IsNumber(id) && id->valuedouble >= 0 && id->valuedouble < 1e15) {
        buf_init(&b, size - 1);
        if (buf_addf(&b, "%.0f", id->valuedouble)) {
            memcpy(room, buf_str(&b), b.len + 1);
            text = room;
        }
        buf_free(&b);
    }
    return text != NULL && *text != '\0' && strlen(text) <= NAME_BYTES_MAX && text_is_clean(text) ? text : NULL;
}

/* One row for each item that fits beside the rows that are written. */
static bool add_model_rows(struct job *j, struct message *m, const struct choice *c, size_t written)
{
    char room[32];
    const cJSON *item;
    size_t most = CHANNEL_ROWS_MAX > written ? CHANNEL_ROWS_MAX - written : 0;
    size_t end = m->choice_count + most;
    bool ok = true;

    cJSON_ArrayForEach(item, j->context->rows) {
        const char *id = item_id(item, room, sizeof room);

        if (!ok || m->choice_count >= end)
            break;
        if (id == NULL || has_id(m, id))
            continue;
        j->print.scope.item = item;
        ok = add_choice(j, m, c, id, true);
        j->print.scope.item = NULL;
    }
    return ok;
}

static bool add_choices(struct job *j, struct message *m)
{
    const struct version *v = j->v;
    size_t written = 0;

    for (size_t i = 0; i < v->choice_count; i++)
        written += !v->choices[i].model;
    for (size_t i = 0; i < v->choice_count; i++) {
        const struct choice *c = &v->choices[i];

        if (!(c->model ? add_model_rows(j, m, c, written) : add_choice(j, m, c, c->id, false)))
            return false;
    }
    return m->choice_count > 0 || error_set(j->err, "%s:%d: message %s has no row to show", j->m->file, v->line, j->m->id);
}

/* ---- parts ---- */

struct message *render_part(struct job *j, enum message_kind kind)
{
    struct message *m = &j->out->parts[j->out->count++];

    message_init(m, kind);
    m->language = strdup(language_facts(j->language)->code);
    m->source = strdup(j->m->id);
    if (m->language == NULL || m->source == NULL) {
        render_no_memory(j);
        return NULL;
    }
    return m;
}

static bool add_text(struct job *j)
{
    struct message *m = render_part(j, MESSAGE_TEXT);

    return m != NULL && render_block(j, &j->v->text, CHANNEL_TEXT_MAX, &m->body);
}

static bool add_location_request(struct job *j)
{
    struct message *m = render_part(j, MESSAGE_LOCATION_REQUEST);

    return m != NULL && render_block(j, &j->v->text, CHANNEL_BODY_MAX, &m->body);
}

/* Takes *link when there is one: the image above the text. */
static bool add_interactive(struct job *j, const struct block *text, char **link)
{
    const struct version *v = j->v;
    bool above = *link != NULL;
    struct message *m = render_part(j, v->choice_count == 0 ? MESSAGE_LINK : v->has_menu ? MESSAGE_LIST : MESSAGE_BUTTONS);

    if (m == NULL || !render_block(j, text, CHANNEL_BODY_MAX, &m->body))
        return false;
    return (!above || render_above(j, m, link)) &&
           (above || !v->has_header || render_line(j, &v->header, CHANNEL_HEADER_MAX, &m->header)) &&
           (!v->has_footer || render_line(j, &v->footer, CHANNEL_FOOTER_MAX, &m->footer)) &&
           (!v->has_menu || render_line(j, &v->menu, CHANNEL_MENU_MAX, &m->menu)) &&
           (v->choice_count > 0 ? add_choices(j, m) : render_link(j, m));
}

static bool says_much(const struct job *j)
{
    return block_extent(&j->v->text, j->language, NULL).fixed > CHANNEL_BODY_MAX;
}

static bool render_message(struct job *j)
{
    const struct version *v = j->v;
    bool choices = v->choice_count > 0, interactive = choices || v->has_link;
    bool joined = medium_has_words(j->m->medium) && !v->ask_location && !j->m->media_first;
    bool caption = joined && !interactive && v->text.count > 0 && !says_much(j), said = false;
    char *link = NULL;
    bool ok = render_media(j, &link);

    if (ok && link != NULL && !(joined && interactive && !v->has_menu)) {
        ok = render_medium(j, &link, caption);
        said = !interactive && !v->ask_location && (caption || v->text.count == 0);
    }
    if (ok && v->ask_location)
        ok = add_location_request(j);
    if (ok && interactive)
        ok = add_interactive(j, v->ask_location ? &v->after : &v->text, &link);
    if (ok && !interactive && !v->ask_location && !said)
        ok = add_text(j);
    free(link);
    return ok && render_contacts(j);
}

/* ---- templates ---- */

/* Values leave no more room than the words do: Meta counts the filled-in text (whatsapp.md §4.9). */
static size_t param_room(const struct job *j)
{
    enum { LEAST = 20 };
    size_t fixed = block_extent(&j->v->text, j->language, NULL).fixed;
    size_t room = fixed < CHANNEL_BODY_MAX ? (CHANNEL_BODY_MAX - fixed) / j->m->param_count : 0;

    return room < LEAST ? LEAST : room;
}

static bool add_params(struct job *j, struct message *m)
{
    size_t count = j->m->param_count, room;

    if (count == 0)
        return true;
    room = param_room(j);
    m->params = calloc(count, sizeof *m->params);
    if (m->params == NULL)
        return render_no_memory(j);
    for (m->param_count = 0; m->param_count < count; m->param_count++) {
        const struct value *v = j->v->params[m->param_count];
        struct node node = { .value = v };
        struct phrase phrase = { .nodes = &node, .count = 1, .line = v == NULL ? j->v->line : v->line };

        if (v == NULL)
            return error_set(j->err, "%s:%d: the param \"%s\" is not in the text", j->m->file, j->v->line,
                             j->m->params[m->param_count].name);
        if (!render_line(j, &phrase, room, &m->params[m->param_count]))
            return false;
    }
    return true;
}

static bool render_template(struct job *j)
{
    struct message *m = render_part(j, MESSAGE_TEMPLATE);

    if (m == NULL)
        return false;
    m->template_name = strdup(j->m->id);
    if (m->template_name == NULL)
        return render_no_memory(j);
    /* The text is Meta's approved copy; ours goes along for people who look at the conversation. */
    if (!render_block(j, &j->v->text, CHANNEL_BODY_MAX, &m->body) || !add_params(j, m))
        return false;
    if (!render_media(j, &m->image))
        return false;
    if (j->m->medium != MEDIUM_NONE && m->image == NULL)     /* Meta wants it at every sending: whatsapp.md §4.9 */
        return error_set(j->err, "%s:%d: image: not an https:// link", j->m->file, j->m->media.line);
    return j->v->choice_count == 0 || add_choices(j, m);
}

bool wording_render(const struct wording *w, const struct wording_message *m, const struct wording_context *c,
                    struct wording_output *out, struct error *err)
{
    enum language wanted = language_find(c->language);
    struct job j = { .m = m, .context = c, .out = out, .err = err };
    struct error own;
    bool ok;

    if (err == NULL)
        j.err = &own;
    j.language = m->shown[wanted == LANGUAGE_NONE ? LANGUAGE_FR : wanted];
    j.v = &m->versions[j.language];
    j.print = (struct printer){
        .m = m,
        .env = { .language = j.language, .country = w->has_country ? w->country : NULL },
        .scope = { .values = &c->values },
        .err = j.err,
    };
    out->count = 0;
    out->nothing = false;
    if (!j.v->present)
        return error_set(j.err, "%s:%d: message %s has no text", m->file, m->line, m->id);
    ok = m->is_template ? render_template(&j) : render_message(&j);
    if (!ok)
        wording_output_free(out);
    return ok;
}

void wording_output_free(struct wording_output *out)
{
    for (size_t i = 0; i < out->count; i++)
        message_free(&out->parts[i]);
    out->count = 0;
}

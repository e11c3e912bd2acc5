/*
 * A picture as text, as Mermaid, and in graphviz's language.
 */
#include <string.h>

#include "cli.h"
#include "picture.h"

static const char *node_kind(const struct picture_node *n)
{
    static const char *const NAMES[] = { [NODE_STEP] = "step", [NODE_START] = "start", [NODE_END] = "end", [NODE_MENU] = "menu",
                                         [NODE_EVENT] = "event", [NODE_FLOW] = "flow" };

    return n->kind == NODE_STEP ? step_kind_name(n->step->kind) : NAMES[n->kind];
}

/* ---- text ---- */

static void text_edges(const struct picture *p, size_t node, struct buf *out)
{
    for (size_t i = 0; i < p->edge_count; i++) {
        const struct picture_edge *e = &p->edges[i];
        const struct picture_node *to = &p->nodes[e->to];

        if (e->from != node)
            continue;
        (void)buf_addf(out, "      %s%s→ ", e->label, e->label[0] == '\0' ? "" : " ");
        if (to->flow != NULL && to->flow != p->nodes[node].flow)
            (void)buf_addf(out, "flow %s\n", to->flow->name);
        else
            (void)buf_addf(out, "%s%s\n", to->kind == NODE_FLOW ? "flow " : "", to->name);
    }
}

void picture_text(const struct picture *p, struct buf *out)
{
    for (size_t i = 0; i < p->node_count; i++) {
        const struct picture_node *n = &p->nodes[i];

        if (n->kind == NODE_FLOW)
            continue;
        if (n->kind == NODE_START) {
            (void)buf_addf(out, "%sflow %s\n", i > 0 ? "\n" : "", n->name);
            if (n->words[0] != '\0')
                (void)buf_addf(out, say_text("    words: %s\n"), n->words);
            if (n->flow->start != NULL)
                (void)buf_addf(out, "    → %s\n", n->flow->start->name);
            continue;
        }
        if (n->kind == NODE_END && n->flow != NULL) {
            bool leads_on = false;

            for (size_t k = 0; k < p->edge_count; k++)
                leads_on = leads_on || p->edges[k].from == i;
            if (!leads_on)
                continue;
            (void)buf_addf(out, say_text("\nafter flow %s\n"), n->flow->name);
        } else {
            (void)buf_addf(out, "%s%s%s%s", n->flow == NULL ? "\n" : "  ", node_kind(n), n->kind == NODE_MENU ? "" : " ", n->kind == NODE_MENU ? "" : n->name);
            if (n->words[0] != '\0')
                (void)buf_addf(out, "  “%s”", n->words);
            (void)buf_addc(out, '\n');
        }
        text_edges(p, i, out);
    }
}

/* ---- Mermaid ---- */

/* Mermaid reads entities by number; a backtick or < would be Markdown or HTML. */
static void mermaid_words(const char *text, struct buf *out)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (strchr("\"#<>&`*_{}[]|;\\", *at) != NULL)
            (void)buf_addf(out, "#%d;", (unsigned char)*at);
        else
            (void)buf_addc(out, *at);
    }
}

static const char *const *mermaid_shape(const struct picture_node *n)
{
    static const char *const ROUND[] = { "([", "])" }, *const BOX[] = { "[", "]" }, *const SLANT[] = { "[/", "/]" }, *const DIAMOND[] = { "{", "}" },
                             *const HEX[] = { "{{", "}}" }, *const FRAME[] = { "[[", "]]" }, *const SOFT[] = { "(", ")" };
    static const char *const *const STEPS[] = { [STEP_ASK] = SLANT, [STEP_CHOOSE] = HEX, [STEP_CALL] = FRAME, [STEP_BRANCH] = DIAMOND, [STEP_SAY] = BOX,
                                                [STEP_SET] = SOFT, [STEP_RUN] = FRAME, [STEP_FINISH] = ROUND };

    return n->kind == NODE_STEP ? STEPS[n->step->kind] : n->kind == NODE_MENU ? HEX : n->kind == NODE_FLOW ? FRAME : ROUND;
}

static void mermaid_node(const struct picture *p, size_t i, const char *indent, struct buf *out)
{
    const struct picture_node *n = &p->nodes[i];
    const char *const *shape = mermaid_shape(n);

    (void)buf_addf(out, "%sn%zu%s\"", indent, i, shape[0]);
    (void)buf_addf(out, "<b>%s</b>", n->name);
    if (n->words[0] != '\0') {
        (void)buf_adds(out, "<br/>");
        mermaid_words(n->words, out);
    }
    (void)buf_addf(out, "\"%s:::%s\n", shape[1], node_kind(n));
}

static const struct { const char *kind, *fill, *line; } COLOURS[] = {
    { "ask", "#e3f2fd", "#1565c0" },   { "choose", "#e8f5e9", "#2e7d32" }, { "call", "#fff3e0", "#e65100" }, { "branch", "#f3e5f5", "#6a1b9a" },
    { "say", "#ffffff", "#546e7a" },   { "set", "#f5f5f5", "#546e7a" },    { "run", "#ede7f6", "#4527a0" },  { "finish", "#eceff1", "#37474f" },
    { "start", "#ffffff", "#90a4ae" }, { "end", "#ffffff", "#90a4ae" },    { "menu", "#e8f5e9", "#1b5e20" }, { "event", "#fffde7", "#f57f17" },
    { "flow", "#ede7f6", "#4527a0" },
};
enum { COLOUR_COUNT = sizeof COLOURS / sizeof COLOURS[0] };

static size_t colour_of(const struct picture_node *n)
{
    size_t i = 0;

    while (i + 1 < COLOUR_COUNT && strcmp(COLOURS[i].kind, node_kind(n)) != 0)
        i++;
    return i;
}

/* The nodes of `f`, or those beside all flows. */
static void each_node(const struct picture *p, const struct flow *f, const char *indent, struct buf *out,
                      void (*add)(const struct picture *, size_t, const char *, struct buf *))
{
    for (size_t i = 0; i < p->node_count; i++)
        if (p->nodes[i].flow == f)
            add(p, i, indent, out);
}

void picture_mermaid(const struct picture *p, struct buf *out)
{
    (void)buf_adds(out, "flowchart TD\n");
    for (size_t i = 0; i < p->flows->count; i++) {
        const struct flow *f = &p->flows->list[i];

        if (p->only != NULL && p->only != f)
            continue;
        (void)buf_addf(out, "  subgraph f%zu [\"%s\"]\n", i, f->name);
        each_node(p, f, "    ", out, mermaid_node);
        (void)buf_adds(out, "  end\n");
    }
    each_node(p, NULL, "  ", out, mermaid_node);
    for (size_t i = 0; i < p->edge_count; i++) {
        const struct picture_edge *e = &p->edges[i];

        (void)buf_addf(out, "  n%zu %s", e->from, e->beside ? "-.->" : "-->");
        if (e->label[0] != '\0') {
            (void)buf_adds(out, "|\"");
            mermaid_words(e->label, out);
            (void)buf_adds(out, "\"|");
        }
        (void)buf_addf(out, " n%zu\n", e->to);
    }
    for (size_t i = 0; i < COLOUR_COUNT; i++)
        (void)buf_addf(out, "  classDef %s fill:%s,stroke:%s,color:#212121\n", COLOURS[i].kind, COLOURS[i].fill, COLOURS[i].line);
}

/* ---- graphviz ---- */

static void html_words(const char *text, struct buf *out)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '<' || *at == '>' || *at == '&' || *at == '"')
            (void)buf_addf(out, "&#%d;", (unsigned char)*at);
        else
            (void)buf_addc(out, *at);
    }
}

static const char *dot_shape(const struct picture_node *n)
{
    static const char *const STEPS[] = { [STEP_ASK] = "box", [STEP_CHOOSE] = "box", [STEP_CALL] = "cds", [STEP_BRANCH] = "diamond", [STEP_SAY] = "box",
                                         [STEP_SET] = "box", [STEP_RUN] = "component", [STEP_FINISH] = "box" };

    return n->kind == NODE_STEP ? STEPS[n->step->kind] : n->kind == NODE_FLOW ? "component" : n->kind == NODE_END ? "circle" : "box";
}

static void dot_node(const struct picture *p, size_t i, const char *indent, struct buf *out)
{
    const struct picture_node *n = &p->nodes[i];
    size_t c = colour_of(n);
    bool soft = n->kind == NODE_START || n->kind == NODE_MENU || n->kind == NODE_EVENT || (n->kind == NODE_STEP && (step_waits(n->step) || n->step->kind == STEP_FINISH));

    if (n->kind == NODE_END) {
        (void)buf_addf(out, "%sn%zu [label=\"\", shape=doublecircle, width=0.14, fixedsize=true, style=filled, fillcolor=\"%s\", color=\"%s\"]\n", indent, i,
                       COLOURS[c].line, COLOURS[c].line);
        return;
    }
    (void)buf_addf(out, "%sn%zu [shape=%s, style=\"filled%s%s\", fillcolor=\"%s\", color=\"%s\", label=<", indent, i, dot_shape(n), soft ? ",rounded" : "",
                   n->kind == NODE_START ? ",dashed" : "", COLOURS[c].fill, COLOURS[c].line);
    (void)buf_addf(out, "<FONT POINT-SIZE=\"8\" COLOR=\"%s\">%s</FONT><BR/><B>", COLOURS[c].line, node_kind(n));
    html_words(n->name, out);
    (void)buf_adds(out, "</B>");
    if (n->words[0] != '\0') {
        (void)buf_adds(out, "<BR/><FONT POINT-SIZE=\"9\" COLOR=\"#616161\">");
        html_words(n->words, out);
        (void)buf_adds(out, "</FONT>");
    }
    (void)buf_adds(out, ">]\n");
}

static void dot_edge(const struct picture *p, const struct picture_edge *e, struct buf *out)
{
    const char *colour = COLOURS[colour_of(&p->nodes[e->from])].line;

    (void)buf_addf(out, "  n%zu -> n%zu [color=\"%s\"", e->from, e->to, e->beside ? "#9e9e9e" : colour);
    if (e->beside)
        (void)buf_adds(out, ", style=dashed, fontcolor=\"#757575\"");
    if (p->nodes[e->from].flow != NULL && p->nodes[e->to].flow == p->nodes[e->from].flow)     /* the usual way straight down, ways back around it */
        (void)buf_adds(out, e->to < e->from ? ", constraint=false" : e->label[0] == '\0' ? ", weight=6" : "");
    if (e->label[0] != '\0') {
        (void)buf_adds(out, ", label=<");
        html_words(e->label, out);
        (void)buf_adds(out, ">");
    }
    (void)buf_adds(out, "]\n");
}

void picture_dot(const struct picture *p, struct buf *out)
{
    (void)buf_adds(out, "digraph lisolo {\n  rankdir=TB\n  nodesep=0.35\n  ranksep=0.45\n  fontname=\"Helvetica\"\n"
                        "  node [fontname=\"Helvetica\", fontsize=11, margin=\"0.14,0.06\", penwidth=1.2]\n"
                        "  edge [fontname=\"Helvetica\", fontsize=9, arrowsize=0.7]\n");
    for (size_t i = 0; i < p->flows->count; i++) {
        const struct flow *f = &p->flows->list[i];

        if (p->only != NULL && p->only != f)
            continue;
        (void)buf_addf(out, "  subgraph cluster_%zu {\n    label=<<B>%s</B>>\n    style=rounded\n    color=\"#cfd8dc\"\n    bgcolor=\"#fafafa\"\n    margin=14\n", i,
                       f->name);
        each_node(p, f, "    ", out, dot_node);
        (void)buf_adds(out, "  }\n");
    }
    each_node(p, NULL, "  ", out, dot_node);
    for (size_t i = 0; i < p->edge_count; i++)
        dot_edge(p, &p->edges[i], out);
    (void)buf_adds(out, "}\n");
}

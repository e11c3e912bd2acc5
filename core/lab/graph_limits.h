/*
 * graph_limits - what the Graph API stand-in holds a message to. Its own figures, on purpose: see lab.h.
 *
 * Lengths are UTF-16 units, the larger of the two countings that Meta may use (whatsapp.md §14).
 */
#ifndef LAB_GRAPH_LIMITS_H
#define LAB_GRAPH_LIMITS_H

enum {
    LIMIT_TEXT_BODY          = 4096,   /* §4.2 */
    LIMIT_CAPTION            = 1024,   /* §4.3 */
    LIMIT_FILENAME           = 240,    /* no figure is published; what file systems hold */
    LIMIT_INTERACTIVE_BODY   = 1024,   /* §4.8 */
    LIMIT_LIST_BODY          = 4096,   /* §4.8: the current page; older schemas say 1024 (§14), hosts should stay below that */
    LIMIT_HEADER             = 60,
    LIMIT_FOOTER             = 60,
    LIMIT_BUTTONS            = 3,
    LIMIT_BUTTON_ID          = 256,
    LIMIT_BUTTON_TITLE       = 20,
    LIMIT_LIST_BUTTON        = 20,
    LIMIT_LIST_SECTIONS      = 10,
    LIMIT_LIST_ROWS          = 10,     /* in all sections together */
    LIMIT_SECTION_TITLE      = 24,
    LIMIT_ROW_ID             = 200,
    LIMIT_ROW_TITLE          = 24,
    LIMIT_ROW_DESCRIPTION    = 72,
    LIMIT_CTA_TEXT           = 20,
    LIMIT_URL                = 2000,   /* §6.2, for template URL buttons; taken for all */
    LIMIT_CALLBACK           = 512,    /* §4.1 */
    LIMIT_BSUID              = 128,    /* §2.5, after "CC." */
    LIMIT_TEMPLATE_NAME      = 512,    /* §6.2 */
    LIMIT_TEMPLATE_BODY      = 1024,   /* §4.9, rendered; a template that has only a body may go to … */
    LIMIT_TEMPLATE_BODY_ONLY = 32768,
    LIMIT_TEMPLATE_HEADER    = 60,
    LIMIT_TEMPLATE_BUTTONS   = 10,     /* §6.2 */
    LIMIT_PAYLOAD            = 128,    /* §14 */
    LIMIT_COUPON             = 15,     /* §6.2 */
    LIMIT_CONTACTS           = 257,    /* §4.7 */
    LIMIT_CONTACT_PHONE      = 32,     /* no figure is published; 15 digits with all that may stand between them */
    LIMIT_BODY_BYTES         = 256 * 1024,   /* of a POST: our own cap; the largest valid message is far below */
};

/* A message may be free-form for so long after the person's last one: §7. */
#define LIMIT_WINDOW_MS (24LL * 3600 * 1000)

#endif

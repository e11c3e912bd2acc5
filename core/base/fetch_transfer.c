#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fetch_private.h"

enum {
    TIMEOUT_MS_DEFAULT = 20 * 1000, CONNECT_MS_DEFAULT = 5 * 1000,       /* reliability.md §5 */
    ANSWER_MAX_DEFAULT = 1024 * 1024,
    ANSWER_HEAD_MAX    = 64 * 1024,
    REQUEST_HEAD_MAX   = 64 * 1024,
    MAX_AGE_S          = 30,               /* a kept connection's, idle; libcurl's 118 meets more servers that have closed (reliability.md §5) */
    RETRY_AFTER_MAX_S  = 3600,             /* reliability.md §5 */
};

/* ---- what libcurl calls ---- */

static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
    struct transfer *t = ctx;

    if (buf_add(&t->answer, data, size * count))
        return size * count;
    t->too_large = true;
    return 0;
}

static size_t on_head(char *data, size_t size, size_t count, void *ctx)
{
    struct transfer *t = ctx;
    size_t len = size * count;

    /* libcurl 7.88 takes a head that breaks off for a whole answer (test: half_an_answer_is_unknown). */
    t->answer_head_ended = len > 0 && (data[0] == '\r' || data[0] == '\n');
    t->answer_head_bytes += len;
    if (t->answer_head_bytes <= ANSWER_HEAD_MAX)
        return len;
    t->too_large = true;
    return 0;
}

/* The second time is libcurl's own idea: the first may have arrived (see fetch.h). */
static int on_departure(void *ctx, char *remote, char *local, int remote_port, int local_port)
{
    struct transfer *t = ctx;

    (void)remote, (void)local, (void)remote_port, (void)local_port;
    return ++t->departures > 1 ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* After the name was resolved and before the connection: a check of the URL would miss 0x7f000001 and names that lie. */
static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *t = ctx;

    (void)purpose;
    if ((address->family != AF_INET && address->family != AF_INET6) || (!t->f->allow_private && !address_is_public(&address->addr))) {
        t->address_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- transfers ---- */

#define SET(option, value) (rc == CURLE_OK ? (void)(rc = curl_easy_setopt(t->easy, option, value)) : (void)0)

/* What is the same for every request. */
static bool set_constants(struct transfer *t)
{
    CURLcode rc = CURLE_OK;

    SET(CURLOPT_PROTOCOLS_STR, t->f->allow_http ? "http,https" : "https");
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);      /* decisions.md, "Sending" */
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, "");                                      /* or the environment's would bypass the check of addresses */
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L);                                 /* else a time-out while resolving stalls everybody: hosts.md §6 */
    SET(CURLOPT_MAXAGE_CONN, (long)MAX_AGE_S);
    SET(CURLOPT_ERRORBUFFER, t->error);
    SET(CURLOPT_PRIVATE, t);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, t);
    SET(CURLOPT_HEADERFUNCTION, on_head);
    SET(CURLOPT_HEADERDATA, t);
    SET(CURLOPT_PREREQFUNCTION, on_departure);
    SET(CURLOPT_PREREQDATA, t);
    SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
    SET(CURLOPT_OPENSOCKETDATA, t);
    return rc == CURLE_OK;
}

void transfer_free(struct transfer *t)
{
    if (t->easy != NULL)
        curl_easy_cleanup(t->easy);
    buf_free(&t->head);
    buf_free(&t->body);
    buf_free(&t->answer);
    free(t);
}

struct transfer *transfer_take(struct fetch *f, struct error *err)
{
    struct transfer *t = f->unused;

    if (t != NULL) {
        f->unused = t->next;
        f->unused_count--;
        return t;
    }
    t = calloc(1, sizeof *t);
    if (t == NULL) {
        error_set(err, "fetch: out of memory");
        return NULL;
    }
    t->f = f;
    buf_init(&t->head, REQUEST_HEAD_MAX);
    buf_init(&t->body, SIZE_MAX / 2);
    buf_init(&t->answer, 0);
    t->easy = curl_easy_init();
    if (t->easy == NULL || !set_constants(t)) {
        transfer_free(t);
        error_set(err, "fetch: libcurl: out of memory, or an option that it does not know");
        return NULL;
    }
    return t;
}

static void shrink(struct buf *b)
{
    if (b->cap > FETCH_BYTES_KEPT)
        buf_free(b);
    else
        buf_clear(b);
}

void transfer_recycle(struct fetch *f, struct transfer *t)
{
    enum { UNUSED_MAX = 1024 };

    if (f->unused_count == UNUSED_MAX) {
        transfer_free(t);
        return;
    }
    shrink(&t->head);
    shrink(&t->body);
    shrink(&t->answer);
    t->answer_head_bytes = 0;
    t->answer_head_ended = false;
    t->departures = 0;
    t->address_refused = t->too_large = false;
    t->error[0] = '\0';
    t->prev = NULL;
    t->next = f->unused;
    f->unused = t;
    f->unused_count++;
}

/* ---- checks ---- */

static bool check_method(const char *method, struct error *err)
{
    static const char *const known[] = { "GET", "POST", "PATCH", "PUT", "DELETE" };

    for (size_t i = 0; method != NULL && i < sizeof known / sizeof known[0]; i++)
        if (strcmp(method, known[i]) == 0)
            return true;
    return error_set(err, "fetch: method \"%.16s\" is not supported", method == NULL ? "" : method);
}

/* The URL itself stays out of the message: its query may hold a secret. */
static bool check_url(struct fetch *f, const char *url, struct error *err)
{
    CURLUcode rc;

    if (url == NULL)
        return error_set(err, "fetch: no URL");
    if (strncasecmp(url, "https://", 8) != 0 && !(f->allow_http && strncasecmp(url, "http://", 7) == 0))
        return error_set(err, "fetch: the URL must start with https://%s", f->allow_http ? " or http://" : "");
    rc = curl_url_set(f->url, CURLUPART_URL, url, CURLU_DISALLOW_USER);
    return rc == CURLUE_OK || error_set(err, "fetch: bad URL: %s", curl_url_strerror(rc));
}

static bool is_token(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~' || strchr("()<>@,;:\\\"/[]?={}", text[i]) != NULL)
            return false;
    return len > 0;
}

/* Framing is ours to decide. */
static bool is_framing(const char *name, size_t len)
{
    static const char *const names[] = { "content-length", "transfer-encoding", "connection", "expect", "upgrade" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == len && strncasecmp(names[i], name, len) == 0)
            return true;
    return false;
}

static bool check_header(const char *line, struct error *err)
{
    const char *colon = strchr(line, ':');
    size_t len = colon == NULL ? 0 : (size_t)(colon - line);

    if (!is_token(line, len))
        return error_set(err, "fetch: a header is not \"Name: value\"");
    if (is_framing(line, len))
        return error_set(err, "fetch: the header %.*s is not the caller's to set", (int)len, line);
    for (const char *p = colon + 1; *p != '\0'; p++)
        if (((unsigned char)*p < ' ' && *p != '\t') || *p == 0x7f)
            return error_set(err, "fetch: the header %.*s holds a control character", (int)len, line);
    return true;
}

/* ---- the request ---- */

static void add_line(struct transfer *t, size_t *count, const char *line)
{
    const char *colon = strchr(line, ':');
    bool empty = colon[1 + strspn(colon + 1, " \t")] == '\0';

    /* "Name:" would mean to libcurl that the header is to be left out; "Name;" is how an empty one is written. */
    buf_add(&t->head, line, (size_t)(colon - line));
    buf_adds(&t->head, empty ? ";" : colon);
    buf_add(&t->head, "", 1);
    (*count)++;
}

static bool copy_headers(struct transfer *t, const char *const *headers, struct error *err)
{
    static char no_expect[] = "Expect:", no_type[] = "Content-Type:";
    size_t count = 0, extra = 0;
    bool typed = false;
    char *at;

    while (headers != NULL && headers[count] != NULL) {
        if (count == FETCH_HEADERS_MAX)
            return error_set(err, "fetch: more than %d headers", FETCH_HEADERS_MAX);
        if (!check_header(headers[count], err))
            return false;
        typed = typed || strncasecmp(headers[count], no_type, sizeof no_type - 1) == 0;
        add_line(t, &count, headers[count]);
    }
    if (!buf_ok(&t->head))
        return error_set(err, "fetch: the headers are longer than %d bytes", REQUEST_HEAD_MAX);
    at = t->head.data;
    for (size_t i = 0; i < count; i++, at += strlen(at) + 1)
        t->lines[i].data = at;
    /* Left out: a second's wait for "100 Continue" over 1 MiB, and a form's content type that nobody asked for. */
    t->lines[count + extra++].data = no_expect;
    if (!typed)
        t->lines[count + extra++].data = no_type;
    for (size_t i = 0; i < count + extra; i++)
        t->lines[i].next = i + 1 < count + extra ? &t->lines[i + 1] : NULL;
    return true;
}

static bool set_request(struct transfer *t, const struct fetch_request *r)
{
    bool sends = r->body_len > 0 || strcmp(r->method, "POST") == 0 || strcmp(r->method, "PUT") == 0 || strcmp(r->method, "PATCH") == 0;
    CURLcode rc = CURLE_OK;

    SET(CURLOPT_URL, r->url);
    SET(CURLOPT_HTTPHEADER, t->lines);
    SET(CURLOPT_TIMEOUT_MS, (long)(r->timeout_ms > 0 ? r->timeout_ms : TIMEOUT_MS_DEFAULT));
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(r->connect_ms > 0 ? r->connect_ms : CONNECT_MS_DEFAULT));
    if (sends) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDS, buf_str(&t->body));      /* not copied again: `body` lives as long as the transfer */
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
    } else {
        SET(CURLOPT_HTTPGET, 1L);
    }
    SET(CURLOPT_CUSTOMREQUEST, r->method);
    return rc == CURLE_OK;
}

bool transfer_prepare(struct transfer *t, const struct fetch_request *request, struct error *err)
{
    if (!check_method(request->method, err) || !check_url(t->f, request->url, err) || !copy_headers(t, request->headers, err))
        return false;
    t->answer.limit = request->answer_max > 0 ? request->answer_max : ANSWER_MAX_DEFAULT;
    if (request->body_len > 0 && !buf_add(&t->body, request->body, request->body_len))
        return error_set(err, "fetch: out of memory");
    return set_request(t, request) || error_set(err, "fetch: libcurl: out of memory");
}

/* ---- the outcome ---- */

static int64_t retry_after(CURL *easy)
{
    struct curl_header *header;
    curl_off_t seconds = 0;

    if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return -1;
    if (header->value[strspn(header->value, "0123456789")] == '\0')
        seconds = strtoll(header->value, NULL, 10);          /* LLONG_MAX when it is longer, where libcurl says 0 */
    else if (curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK || seconds < 0)
        seconds = 0;                                         /* neither a date to come nor a number */
    return (seconds > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : seconds) * 1000;
}

/* libcurl's own words where they name host, port or certificate; elsewhere they could quote what the server sent. */
static const char *why(const struct transfer *t, CURLcode rc)
{
    if (t->address_refused && t->departures == 0)
        return "the address is private, local or reserved";
    if (t->too_large)
        return "the answer is over the limit";
    if (t->departures > 1)
        return "the connection ended before an answer";
    switch (rc) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
        return t->error[0] != '\0' ? t->error : curl_easy_strerror(rc);
    case CURLE_ABORTED_BY_CALLBACK:
        return "stopped";
    default:
        return curl_easy_strerror(rc);
    }
}

void transfer_end(struct transfer *t, CURLcode rc)
{
    struct fetch_result r = { .retry_after_ms = -1, .body = buf_str(&t->answer), .body_len = t->answer.len,
                              .timed_out = rc == CURLE_OPERATION_TIMEDOUT };
    long status = 0;

    if (rc == CURLE_OK && !t->answer_head_ended)
        rc = CURLE_PARTIAL_FILE;
    if (rc == CURLE_OK && (curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status < 200))
        rc = CURLE_WEIRD_SERVER_REPLY;
    if (rc == CURLE_OK) {
        r.outcome = FETCH_ANSWERED;
        r.status = (int)status;
        r.retry_after_ms = retry_after(t->easy);
    } else {
        r.outcome = t->departures == 0 ? FETCH_NOT_SENT : FETCH_UNKNOWN;
        (void)snprintf(r.reason, sizeof r.reason, "%.*s", (int)sizeof r.reason - 1, why(t, rc));
    }
    t->done(t->ctx, &r);
}

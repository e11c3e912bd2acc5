/*
 * campaign - kills a running host again and again, inside commits and inside sends, and checks that nothing acknowledged was
 * lost, handled twice, put out of order or sent twice.
 *
 *     campaign LISOLO KILLS [SEED] [BUG]
 *
 * People join with every start, so that there is always somebody whose lane is free.
 * A customer of the driver writes "go", then "1", "2", …, each as soon as the one before was answered 200 (a POST that fails is
 * delivered again, as Meta does). The host runs with one failpoint armed; when it dies it is started again with another. At the
 * end it runs without, everything is delivered, doubts are resolved, and history.c judges what the provider accepted.
 * BUG arms a seeded bug (a failpoint "bug.…") for the whole campaign: the check must then fail, which proves the check.
 * Exit code: 0 held, 1 an invariant is broken, 2 the campaign could not be run.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "history.h"
#include "lisolo/base/clock.h"
#include "lisolo/base/crypto.h"
#include "lisolo/base/fetch.h"
#include "lisolo/base/json.h"
#include "lisolo/control.h"

enum { PEOPLE = 900, WITNESSES = 12, FIRST = 20, JOIN = 6, WORDS = 25, PHONE_BASE = 66100000, READY_MS = 20 * 1000, DRAIN_MS = 60 * 1000, STATUSES_MS = 15 * 1000, PAGE = 2000 };

/* Where a kill proves something: inside a group, around the commit, before hooks, around a turn, around a POST. */
static const char *const points[] = {
    "store.group.begin", "store.item.ingest", "store.item.turn", "store.item.mark", "store.commit.before", "store.commit.after",
    "store.hooks.before", "engine.turn.before", "engine.turn.after", "sender.post.before", "sender.post.after",
};
enum { POINTS = sizeof points / sizeof points[0] };

struct customer {
    unsigned number, next;        /* the message that is to be delivered */
    bool     under_way;
    struct campaign *c;
};

struct campaign {
    char            folder[64], binary[512], conf[96], webhook[64], socket[96], failures[96], log[96];
    char            graph_url[64];
    pid_t           host, graph;
    struct fetch   *net;
    struct history *history;
    struct customer people[PEOPLE];
    unsigned        active, words; /* customers who write by now, and how much each may write */
    unsigned        kills, wanted, port;
    uint64_t        random;
    const char     *bug;
    uint64_t        seen;         /* what was read of the provider's record */
    size_t          replies;
};

static _Noreturn void give_up(const char *what)
{
    (void)fprintf(stderr, "campaign: %s: %s\n", what, strerror(errno));
    exit(2);
}

static uint64_t draw(struct campaign *c, uint64_t below)
{
    c->random ^= c->random << 13;
    c->random ^= c->random >> 7;
    c->random ^= c->random << 17;
    return c->random % below;
}

static void pause_ms(long ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

    (void)nanosleep(&t, NULL);
}

static int64_t now_ms(void) { return clock_mono_ms(clock_real()); }

/* ---- files ---- */

static void put(const char *folder, const char *name, const char *text)
{
    char path[160];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "w");
    if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0 || chmod(path, 0600) != 0)
        give_up(path);
}

static void write_files(struct campaign *c)
{
    char text[2048];

    put(c->folder, "secret", "campaign-app-secret\n");
    put(c->folder, "token", "campaign-token\n");
    (void)snprintf(text, sizeof text,
                   "{\"token\":\"campaign-token\",\"number\":\"555000111222333\",\"webhook_url\":\"%s\",\"app_secret\":\"campaign-app-secret\","
                   "\"number_per_s\":-1,\"pair_per_s\":-1,\"sent_ms\":30,\"delivered_ms\":-1,\"read_ms\":-1,\"record_max\":1000000}",
                   c->webhook);
    put(c->folder, "graph.json", text);
}

static void write_conf(struct campaign *c)
{
    char text[2048];

    (void)snprintf(text, sizeof text,
                   "database = \"%s/lisolo.db\"\nscripts = \"tests/fault/scripts\"\ncountry = \"CG\"\n"
                   "listen = { address = \"127.0.0.1\", port = %u }\ncontrol = { socket = \"%s\" }\n"
                   "webhook = { verify_token = { file = \"%s/token\" }, app_secrets = { { file = \"%s/secret\" } } }\n"
                   "graph = { base = \"%s\", version = \"v26.0\", number = \"555000111222333\", token = { file = \"%s/token\" },\n"
                   "  messages_per_second = 100000, pair_burst = 100000, pair_per_second = 1000 }\n"
                   "allow_plain_http = true\ntest_clock = true\n",
                   c->folder, c->port, c->socket, c->folder, c->folder, c->graph_url, c->folder);
    put(c->folder, "lisolo.conf.lua", text);
}

/* ---- processes ---- */

static pid_t launch(const char *const *argv, const char *fail, const char *fail_log, const char *log, int *out)
{
    int ends[2];
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) == -1 || (pid = fork()) == -1)
        give_up("fork");
    if (pid == 0) {
        int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

        if (fd == -1 || dup2(fd, STDERR_FILENO) == -1 || dup2(out != NULL ? ends[1] : fd, STDOUT_FILENO) == -1 ||
            prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || setenv("LISOLO_FAIL", fail, 1) == -1 || setenv("LISOLO_FAIL_LOG", fail_log, 1) == -1)
            _exit(127);
        (void)execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    (void)close(ends[1]);
    if (out != NULL)
        *out = ends[0];
    else
        (void)close(ends[0]);
    return pid;
}

static void start_graph(struct campaign *c)
{
    char setup[96], line[160] = "";
    const char *argv[] = { c->binary, "stand-in", "graph", "--setup", setup, NULL };
    size_t at = 0;
    int out;

    (void)snprintf(setup, sizeof setup, "%s/graph.json", c->folder);
    c->graph = launch(argv, "", "/dev/null", c->log, &out);
    while (at < sizeof line - 1 && read(out, line + at, 1) == 1 && line[at] != '\n')
        at++;
    (void)close(out);
    if (sscanf(line, "ready graph %63s", c->graph_url) != 1)
        give_up("the Graph stand-in did not start");
}

static void arm(struct campaign *c, char *text, size_t size, bool kill_it)
{
    const char *point = points[draw(c, POINTS)];

    text[0] = '\0';
    if (c->bug != NULL)
        (void)snprintf(text, size, "%s=err(1);", c->bug);
    if (kill_it)
        (void)snprintf(text + strlen(text), size - strlen(text), "%s=%" PRIu64 "*kill", point, 1 + draw(c, 60));
}

static bool answered;

static void note_answer(void *ctx, const struct fetch_result *r)
{
    (void)ctx;
    answered = r->outcome == FETCH_ANSWERED && r->status == 200;
}

static bool is_ready(struct campaign *c)
{
    char url[96];
    struct fetch_request rq = { .method = "GET", .url = url, .timeout_ms = 1000 };
    struct error err;

    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/readyz", c->port);
    answered = false;
    if (!fetch_start(c->net, &rq, note_answer, NULL, &err))
        return false;
    for (int64_t until = now_ms() + 1000; !answered && now_ms() < until;)
        fetch_step(c->net, 5);
    return answered;
}

static bool dead(struct campaign *c)
{
    int status;

    if (waitpid(c->host, &status, WNOHANG) != c->host)
        return false;
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
        (void)fprintf(stderr, "campaign: the host ended by itself (status %d); see %s\n", status, c->log);
        exit(1);
    }
    c->kills++;
    c->host = 0;
    return true;
}

static void start_host(struct campaign *c, bool kill_it)
{
    const char *argv[] = { c->binary, "serve", "--config", c->conf, NULL };
    char fail[160];

    arm(c, fail, sizeof fail, kill_it);
    c->host = launch(argv, fail, c->failures, c->log, NULL);
    for (int64_t until = now_ms() + READY_MS;;) {
        if (dead(c))
            return;                       /* it died while recovering: a good place too */
        if (is_ready(c))
            return;
        if (now_ms() >= until) {
            (void)fprintf(stderr, "campaign: the host did not become ready; see %s\n", c->log);
            exit(1);
        }
        pause_ms(5);
    }
}

/* ---- customers ---- */

static void delivered(void *ctx, const struct fetch_result *r)
{
    struct customer *p = ctx;

    p->under_way = false;
    if (r->outcome != FETCH_ANSWERED || r->status != 200)
        return;                           /* delivered again, with the same id */
    history_ack(p->c->history, p->number, p->next);
    p->next++;
}

static void write_message(struct campaign *c, struct customer *p)
{
    char body[1024], text[16] = "go", signature[96] = "X-Hub-Signature-256: sha256=";
    const char *headers[] = { "Content-Type: application/json", signature, NULL };
    struct fetch_request rq = { .method = "POST", .url = c->webhook, .headers = headers, .body = body, .timeout_ms = 12000 };
    uint8_t digest[SHA256_BYTES];
    struct error err;
    int len;

    if (p->next > 0)
        (void)snprintf(text, sizeof text, "%u", p->next);
    len = snprintf(body, sizeof body,
                   "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"field\":\"messages\",\"value\":{"
                   "\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"242060000000\",\"phone_number_id\":"
                   "\"555000111222333\"},\"contacts\":[{\"profile\":{\"name\":\"P\"},\"wa_id\":\"2420%u\"}],\"messages\":[{\"from\":\"2420%u\","
                   "\"id\":\"wamid.C%u.%u\",\"timestamp\":\"%" PRId64 "\",\"type\":\"text\",\"text\":{\"body\":\"%s\"}}]}}]}]}",
                   PHONE_BASE + p->number, PHONE_BASE + p->number, p->number, p->next, clock_wall_ms(clock_real()) / 1000, text);
    rq.body_len = (size_t)len;
    if (!crypto_hmac_sha256("campaign-app-secret", 19, body, rq.body_len, digest))
        give_up("hmac");
    crypto_hex(digest, sizeof digest, signature + strlen(signature));
    history_intent(c->history, p->number, p->next);
    p->under_way = fetch_start(c->net, &rq, delivered, p, &err);
}

static void write_all(struct campaign *c)
{
    for (unsigned i = 0; i < c->active; i++)
        if (!c->people[i].under_way && c->people[i].next < c->words)
            write_message(c, &c->people[i]);
}

static bool all_written(const struct campaign *c)
{
    for (unsigned i = 0; i < c->active; i++)
        if (c->people[i].under_way || c->people[i].next < c->words)
            return false;
    return true;
}

/* ---- what the provider accepted ---- */

static void read_one(struct campaign *c, const cJSON *message)
{
    const cJSON *body = json_get(message, "body");
    const char *text = json_str(json_get(body, "text"), "body"), *to = json_str(message, "to");
    const char *callback = json_str(body, "biz_opaque_callback_data"), *dot = callback == NULL ? NULL : strrchr(callback, '.');
    unsigned count = 0, m = 0, phone = 0;
    char row[128];

    if (text == NULL || to == NULL || dot == NULL || sscanf(to, "+2420%u", &phone) != 1 || sscanf(text, "c=%u", &count) != 1)
        return;
    if (strchr(text, 'm') != NULL)
        (void)sscanf(strchr(text, 'm'), "m=%u", &m);
    (void)snprintf(row, sizeof row, "%.*s", (int)(dot - callback), callback);
    if (phone >= PHONE_BASE && phone < PHONE_BASE + PEOPLE) {
        history_reply(c->history, phone - PHONE_BASE, count, m, row);
        c->replies++;
    }
}

static void read_page(void *ctx, const struct fetch_result *r)
{
    struct campaign *c = ctx;
    struct error err;
    cJSON *page = r->outcome == FETCH_ANSWERED ? json_parse(r->body, r->body_len, &err) : NULL;
    const cJSON *message;
    int64_t next = 0;

    cJSON_ArrayForEach(message, json_get(page, "messages"))
        read_one(c, message);
    if (page != NULL && json_int(page, "next", &next))
        c->seen = (uint64_t)next;
    cJSON_Delete(page);
    answered = true;
}

static void read_record(struct campaign *c)
{
    uint64_t before;

    do {
        char url[160];
        struct fetch_request rq = { .method = "GET", .url = url, .timeout_ms = 5000, .answer_max = 64u << 20 };
        struct error err;

        before = c->seen;
        (void)snprintf(url, sizeof url, "%s/_lab/messages?after=%" PRIu64 "&limit=%d", c->graph_url, c->seen, PAGE);
        answered = false;
        if (!fetch_start(c->net, &rq, read_page, c, &err))
            give_up(err.text);
        while (!answered)
            fetch_step(c->net, 10);
    } while (c->seen != before);
}

/* ---- the campaign ---- */

static void torment(struct campaign *c)
{
    while (c->kills < c->wanted) {
        start_host(c, true);
        for (int64_t until = now_ms() + 3000; c->host != 0 && !dead(c);) {
            if (now_ms() >= until && kill(c->host, SIGKILL) == -1)
                give_up("kill");          /* its point was not reached: an ordinary kill -9 */
            write_all(c);
            fetch_step(c->net, 2);
        }
        if (c->active + JOIN + WITNESSES <= PEOPLE)
            c->active += JOIN;
        if (c->kills % 10 == 0 && isatty(STDERR_FILENO))
            (void)fprintf(stderr, "\r%u of %u kills", c->kills, c->wanted);
    }
}

static void advance(struct campaign *c, int64_t ms)
{
    cJSON *request = cJSON_CreateObject(), *answer;
    struct error err = { "" };

    if (!json_add_str(request, "do", "clock") || !json_add_int(request, "ms", ms))
        give_up("out of memory");
    answer = control_ask(c->socket, request, 10000, &err);
    if (answer == NULL)
        give_up(err.text);
    cJSON_Delete(answer);
    cJSON_Delete(request);
}

/* Delivers what is left and lets every doubt be resolved: witnesses whose statuses come prove that these flow, then a minute passes. */
static void settle(struct campaign *c)
{
    size_t wanted;

    start_host(c, false);
    c->active += WITNESSES;
    for (int round = 0; round < 2; round++) {
        for (int64_t until = now_ms() + DRAIN_MS; !all_written(c) && now_ms() < until && !dead(c);) {
            write_all(c);
            fetch_step(c->net, 5);
        }
        /* The provider's retried statuses must be in before the clock jumps: in real time they would have the whole minute. */
        for (int64_t until = now_ms() + STATUSES_MS; now_ms() < until;)
            fetch_step(c->net, 50);
        advance(c, 61 * 1000);
    }
    wanted = (size_t)c->active * c->words;
    for (int64_t until = now_ms() + 15000; now_ms() < until && c->replies < wanted;) {
        read_record(c);
        pause_ms(100);
    }
    read_record(c);
}

/* Lines of the failpoints' log, the seeded bugs' own aside. */
static size_t count_kills_inside(const char *path)
{
    FILE *f = fopen(path, "r");
    char line[256];
    size_t kills = 0;

    if (f == NULL)
        return 0;
    while (fgets(line, sizeof line, f) != NULL)
        kills += strncmp(line, "bug.", 4) != 0;
    (void)fclose(f);
    return kills;
}

static int judge(struct campaign *c)
{
    struct history_verdict v;
    bool held = history_check(c->history, &v);
    size_t inside = count_kills_inside(c->failures);

    (void)printf("kills %u, inside a commit, a turn or a send %zu\n", c->kills, inside);
    (void)printf("acked %zu, handled %zu (never acked but handled: %zu), replies %zu\n", v.acked, v.handled, v.recovered, c->replies);
    (void)printf("lost %zu, twice %zu, unexpected %zu, out of order %zu, doubled at the provider %zu\n", v.lost, v.twice, v.unexpected,
                 v.out_of_order, v.doubled);
    (void)printf("with no failure in %zu kills, the 95 %% bound on a failure's share is %.1f %%\n", inside, inside > 0 ? 300.0 / (double)inside : 100);
    return held ? 0 : 1;
}

static void prepare(struct campaign *c)
{
    struct fetch_options options = { .allow_http = true, .allow_private = true };
    struct error err = { "" };

    (void)snprintf(c->folder, sizeof c->folder, "/tmp/lisolo-fault-XXXXXX");
    if (mkdtemp(c->folder) == NULL)
        give_up("mkdtemp");
    (void)snprintf(c->conf, sizeof c->conf, "%s/lisolo.conf.lua", c->folder);
    (void)snprintf(c->socket, sizeof c->socket, "%s/control.sock", c->folder);
    (void)snprintf(c->failures, sizeof c->failures, "%s/failures", c->folder);
    (void)snprintf(c->log, sizeof c->log, "%s/log", c->folder);
    c->port = 20000 + (unsigned)(getpid() % 20000);
    (void)snprintf(c->webhook, sizeof c->webhook, "http://127.0.0.1:%u/webhooks/whatsapp", c->port);
    c->net = fetch_new(&options, &err);
    if (c->net == NULL)
        give_up(err.text);
    c->history = history_new(PEOPLE);
    for (unsigned i = 0; i < PEOPLE; i++)
        c->people[i] = (struct customer){ .number = i, .c = c };
    c->active = FIRST;
    c->words = WORDS;
    write_files(c);
    start_graph(c);
    write_conf(c);
}

static void finish(struct campaign *c, int code)
{
    char command[128];

    if (c->host > 0) {
        (void)kill(c->host, SIGTERM);
        (void)waitpid(c->host, NULL, 0);
    }
    (void)kill(c->graph, SIGTERM);
    (void)waitpid(c->graph, NULL, 0);
    fetch_free(c->net);
    history_free(c->history);
    if (code != 0) {
        (void)printf("the files are kept in %s\n", c->folder);
        return;
    }
    (void)snprintf(command, sizeof command, "rm -rf '%s'", c->folder);
    if (system(command) != 0)
        (void)fprintf(stderr, "campaign: %s could not be removed\n", c->folder);
}

int main(int argc, char **argv)
{
    static struct campaign c;
    int code;

    if (argc < 3) {
        (void)fprintf(stderr, "usage: campaign LISOLO KILLS [SEED] [BUG]\n");
        return 2;
    }
    (void)snprintf(c.binary, sizeof c.binary, "%s", argv[1]);
    c.wanted = (unsigned)strtoul(argv[2], NULL, 10);
    c.random = argc > 3 && strtoull(argv[3], NULL, 10) > 0 ? strtoull(argv[3], NULL, 10) : (uint64_t)now_ms() | 1;
    c.bug = argc > 4 ? argv[4] : NULL;
    (void)printf("seed %" PRIu64 "%s%s\n", c.random, c.bug != NULL ? ", seeded bug " : "", c.bug != NULL ? c.bug : "");
    (void)signal(SIGPIPE, SIG_IGN);
    prepare(&c);
    torment(&c);
    settle(&c);
    code = judge(&c);
    finish(&c, code);
    return code;
}

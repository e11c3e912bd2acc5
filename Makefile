# Lisolo: `make run` talks to the bot, `make test` proves it, `make help` lists the rest.

V        ?= 0
SANITIZE ?=
FAULT    ?= 0
PREFIX   ?= /usr/local
ifeq ($(origin CC),default)
CC       := gcc
endif
# Every variant has a folder of its own, so that none makes another one build again.
BUILD    ?= build$(if $(SANITIZE),/$(if $(findstring thread,$(SANITIZE)),tsan,asan))$(if $(filter 1,$(FAULT)),/fault)

# Lowest first: a module may include only what stands before it (`make lint` proves it).
MODULES  := base store talk channel wording flow script turn sender engine intake control lab cli
PKGS     := lua5.4 libcurl libcjson libmicrohttpd sqlite3 libcrypto libutf8proc

# Warnings have a variable of their own, used in the rule, so that `make CFLAGS=…` keeps them.
WARNINGS := -Wall -Wextra -Werror -Wformat=2 -Wconversion -Wimplicit-fallthrough -Wshadow -Wvla -Wundef -Wstrict-prototypes \
            -Wmissing-prototypes -Wpointer-arith -Werror=format-security -Werror=implicit \
            -Werror=incompatible-pointer-types -Werror=int-conversion
# sanitizers see the same at -O1, which compiles in a little more than half the time and knows less about lengths of texts
CFLAGS   ?= $(if $(SANITIZE),-O1 -Wno-format-truncation,-O2) -g
# OpenSSF's compiler hardening guide; what not every compiler or processor knows is probed.
HARDEN   := -U_FORTIFY_SOURCE -fstack-protector-strong -fno-delete-null-pointer-checks -fno-strict-overflow \
            -fno-strict-aliasing -fexceptions -fPIE
PROBED   := -Wtrampolines -Wbidi-chars=any -D_FORTIFY_SOURCE=3 -fstack-clash-protection -fcf-protection=full -mbranch-protection=standard \
            -ftrivial-auto-var-init=zero -fstrict-flex-arrays=3 -fzero-init-padding-bits=all
LDHARDEN := -pie -Wl,-z,nodlopen -Wl,-z,noexecstack -Wl,-z,relro -Wl,-z,now -Wl,--as-needed
ifneq ($(SANITIZE),)
HARDEN   := -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all -fPIE
PROBED   :=
LDHARDEN := -fsanitize=$(SANITIZE) -pie
endif
ifeq ($(FAULT),1)
DEFINES  += -DLISOLO_FAILPOINTS
endif

# Asked when a recipe first needs it and then kept: on a bare machine make must be able to start before pkg-config is there.
once       = $(eval $(1) := $(2))$($(1))
probe      = $(foreach f,$(1),$(shell $(CC) -O2 -Werror $(f) -x c -c /dev/null -o /dev/null 2>/dev/null && echo '$(f)'))
PKG_CFLAGS = $(call once,PKG_CFLAGS,$(shell pkg-config --cflags $(PKGS)))
PKG_LIBS   = $(call once,PKG_LIBS,$(shell pkg-config --libs $(PKGS)))
KNOWN      = $(call once,KNOWN,$(call probe,$(PROBED)))
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -Iinclude $(DEFINES) $(WARNINGS) $(HARDEN) $(KNOWN) $(PKG_CFLAGS) $(CFLAGS)
LIBS       = $(PKG_LIBS) -lpthread -lm

quiet    = $(if $(filter 1,$(V)),,@echo "  $(1)	$(2)";)
again    = +@$(MAKE) --no-print-directory $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

sources  = $(wildcard core/$(1)/*.c core/$(1)/*/*.c)
objects  = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))
archive  = $(BUILD)/lib$(1).a
# a module and everything below it, highest first, for the linker
upto     = $(if $(filter-out $(1),$(firstword $(2))),$(call upto,$(1),$(wordlist 2,99,$(2)),$(firstword $(2)) $(3)),$(1) $(3))
closure  = $(call upto,$(1),$(MODULES),)

.PHONY: deps all run test lint bench fault install clean help
.DEFAULT_GOAL := all

deps: ## installs the Debian packages that are missing
	@packaging/deps.sh build test

all: $(BUILD)/lisolo ## builds build/lisolo (V=1 shows commands; SANITIZE=address,undefined or thread; FAULT=1)

run: deps ## builds, starts the host with stand-ins on this machine, and says how to talk to it
	$(again) all
	@exec $(BUILD)/lisolo dev

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call quiet,CC,$<)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

# what .incbin takes in is no #include, so -MMD does not see it
$(patsubst %.c,$(BUILD)/%.o,$(shell grep -rl --include='*.c' '\.incbin' core)): $(shell find core web -type f ! -name '*.[ch]' 2>/dev/null)

define module_rules
$(call archive,$(1)): $(call objects,$(1))
	@mkdir -p $$(@D); rm -f $$@
	$$(call quiet,AR,$$@)ar rcs $$@ $$^
-include $(patsubst %.o,%.d,$(call objects,$(1)))

# tests/unit/<module>/*.c: one program a file that starts with test_, the others are shared by them
UNIT_$(1) := $$(patsubst tests/unit/$(1)/%.c,$$(BUILD)/tests/$(1)/%,$$(wildcard tests/unit/$(1)/test_*.c))
HELP_$(1) := $$(patsubst %.c,$$(BUILD)/%.o,$$(filter-out tests/unit/$(1)/test_%,$$(wildcard tests/unit/$(1)/*.c)))
-include $$(patsubst %.c,$$(BUILD)/%.d,$$(wildcard tests/unit/$(1)/*.c))
$$(UNIT_$(1)): $$(BUILD)/tests/$(1)/%: $$(BUILD)/tests/unit/$(1)/%.o $$(HELP_$(1)) $(foreach m,$(call closure,$(1)),$(call archive,$(m)))
	@mkdir -p $$(@D)
	$$(call quiet,LD,$$@)$$(CC) $$(LDHARDEN) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(LIBS) -lcmocka
.PHONY: test-$(1)
test-$(1): $$(UNIT_$(1))
	@set -e; for t in $$(UNIT_$(1)); do echo "== $$$$t"; $$$$t; done
endef
$(foreach m,$(MODULES),$(eval $(call module_rules,$(m))))
.PRECIOUS: $(BUILD)/tests/unit/%.o

$(BUILD)/lisolo: $(foreach m,$(MODULES),$(call archive,$(m)))
	$(call quiet,LD,$@)$(CC) $(LDHARDEN) $(LDFLAGS) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LIBS)

ifeq ($(FAULT),1)
# the driver that kills hosts: it plays the customers, so it needs the tools of the lower modules
all: $(BUILD)/campaign
$(BUILD)/campaign: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/fault/*.c)) $(foreach m,$(call closure,control),$(call archive,$(m)))
	$(call quiet,LD,$@)$(CC) $(LDHARDEN) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS)
-include $(patsubst %.c,$(BUILD)/%.d,$(wildcard tests/fault/*.c))
endif

# ---- tests: all unit tests, once more under ASan and UBSan, those with threads under TSan, then whole hosts ----

ALL_UNITS := $(foreach m,$(MODULES),$(UNIT_$(m)))
# test_faults is all about failpoints: it runs in the build that has them
UNITS    := $(filter-out %/store/test_faults,$(ALL_UNITS))
# these make the n-th malloc fail, which a sanitizer does not let them
OWN_MALLOC := channel/test_memory flow/test_memory turn/test_memory
THREADED := $(filter $(foreach t,base/test_queue base/test_log base/test_crypto base/test_web base/test_fetch base/test_box base/test_pool \
              store/% sender/% engine/% intake/% control/%,$(BUILD)/tests/$(t)),$(UNITS))
FAULTY   := $(foreach t,$(shell grep -rl LISOLO_FAILPOINTS tests/unit --include='test_*.c'),$(filter $(BUILD)/$(t:tests/unit/%.c=tests/%),$(ALL_UNITS)))
variant   = $(patsubst $(BUILD)/%,$(BUILD)/$(1)/%,$(2))
scripts   = $(shell find tests/$(1) -maxdepth 1 -name '*.sh' -perm -u+x 2>/dev/null | sort)

.PHONY: units threaded faulty
units: $(UNITS)
threaded: $(THREADED)
faulty: $(FAULTY)

test: deps ## runs every test there is and ends with `N passed, N failed`
	$(again) all units
	$(again) units SANITIZE=address,undefined BUILD=$(BUILD)/asan
	$(again) threaded SANITIZE=thread BUILD=$(BUILD)/tsan
	$(again) all faulty FAULT=1 BUILD=$(BUILD)/fault
	@BUILD=$(BUILD) LISOLO=$(BUILD)/lisolo LISOLO_FAULT=$(BUILD)/fault/lisolo tests/run.sh \
	    '=Unit tests' $(UNITS) \
	    '=Failpoints' $(call variant,fault,$(FAULTY)) \
	    '+Unit tests under AddressSanitizer and UndefinedBehaviorSanitizer' $(call variant,asan,$(filter-out $(OWN_MALLOC:%=$(BUILD)/tests/%),$(UNITS))) \
	    '+Unit tests with threads under ThreadSanitizer' $(call variant,tsan,$(THREADED)) \
	    '-Whole hosts' $(call scripts,e2e) \
	    '~Hosts that die' $(call scripts,fault)

fault: deps ## kills hosts inside commits, turns and sends (KILLS=n), and proves that nothing was lost or done twice
	$(again) all FAULT=1 BUILD=$(BUILD)/fault
	@LISOLO_FAULT=$(BUILD)/fault/lisolo tests/run.sh '~Hosts that die' $(call scripts,fault)

.PHONY: mutate
mutate: deps ## spoils the scripts 200 times and counts how often the conversation tests notice (build/mutate.json)
	$(again) all
	@lua5.4 tests/mutate/mutate.lua $(BUILD)/lisolo $(BUILD)/mutate $(BUILD)/mutate.json

include bench/bench.mk

# ---- lint: every part fails on a finding ----

LINT     := includes names french cppcheck lua shell deep
CORE_C    = $(foreach m,$(MODULES),$(call sources,$(m)))
SHELLS    = .ci/run $(shell find bench packaging tests -name '*.sh' -perm -u+x)

lint: deps ## proves the direction of includes; gcc -fanalyzer, clang-tidy, cppcheck, luacheck, shellcheck
	@packaging/deps.sh lint
	$(again) -k $(LINT:%=lint-%)

.PHONY: $(LINT:%=lint-%)
lint-includes:
	$(call quiet,LINT,directions of includes)tests/lint/includes.sh $(MODULES)
lint-names:
	$(call quiet,LINT,names in .luacheckrc)tests/lint/names.sh
lint-french:
	$(call quiet,LINT,French beside English)tests/lint/french.sh
# gcc 12 takes `*out = strdup(…)` for a leak, and for NULL what a function of another file has refused: every such finding here was
# false. Leaks are ASan's, in every test; an allocation that nobody checks is still found. -O1: the analyzer's paths are shorter.
lint-deep:
	$(again) deep BUILD=$(BUILD)/lint CFLAGS='-O1 -Wno-format-truncation -fanalyzer $(patsubst %,-Wno-analyzer-%,malloc-leak null-dereference null-argument)'
# TIDY=-clang-analyzer-* leaves out what takes nine tenths of clang-tidy's time: .ci/run does, gcc's analyzer stays
TIDY     ?=
.PHONY: deep
deep: $(CORE_C:%.c=$(BUILD)/%.tidy)
# after the object, which is older than no header
$(BUILD)/%.tidy: %.c $(BUILD)/%.o .clang-tidy
	$(call quiet,TIDY,$<)clang-tidy --quiet $(if $(TIDY),--checks='$(TIDY)') $< -- -std=gnu11 -D_GNU_SOURCE -Iinclude $(PKG_CFLAGS) >$@.log 2>&1 && touch $@ || { cat $@.log; exit 1; }
lint-cppcheck:
	@mkdir -p $(BUILD)/lint/cppcheck
	$(call quiet,CPPCHECK,core)cppcheck -q -j$(shell nproc) --cppcheck-build-dir=$(BUILD)/lint/cppcheck --std=c11 --inline-suppr --error-exitcode=1 \
	    --enable=warning,performance,portability $(patsubst %,--suppress=%,memleak comparePointers invalidPointerCast varFuncNullUB) --library=tests/lint/cppcheck.cfg -Iinclude core
lint-lua:
	$(call quiet,LUACHECK,scripts)luacheck -q scripts tests
lint-shell:
	$(call quiet,SHELLCHECK,$(SHELLS))shellcheck -S warning -e SC2120 -x -a $(SHELLS)

# ---- the rest ----

install: all ## copies program, scripts and unit below $(DESTDIR)$(PREFIX)
	install -D -m 755 $(BUILD)/lisolo $(DESTDIR)$(PREFIX)/bin/lisolo
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's,/usr/bin/lisolo,$(PREFIX)/bin/lisolo,' packaging/lisolo.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/lisolo.service
	install -D -m 644 packaging/lisolo.conf.lua $(DESTDIR)$(PREFIX)/share/lisolo/lisolo.conf.lua
	cd scripts && find . -name '*.lua' -exec install -D -m 644 {} $(abspath $(DESTDIR)$(PREFIX))/share/lisolo/scripts/{} \;

.PHONY: reference
reference: all ## writes docs/reference.md and docs/reference.fr.md from the tables of keys
	$(BUILD)/lisolo reference >docs/reference.md
	$(BUILD)/lisolo reference --lang fr >docs/reference.fr.md

clean: ## removes what was built
	rm -rf $(BUILD)

help: ## shows this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile bench/bench.mk

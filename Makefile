# Lisolo: `make run` talks to the bot, `make test` proves it, `make help` lists the rest.

BUILD    ?= build
V        ?= 0
SANITIZE ?=
FAULT    ?= 0

CC       ?= gcc
PKGS     := lua5.4 libcurl libcjson libmicrohttpd sqlite3 libcrypto libutf8proc

# Warnings have a variable of their own, used in the rule, so that `make CFLAGS=…` keeps them.
WARNINGS := -Wall -Wextra -Werror -Wformat=2 -Wconversion -Wimplicit-fallthrough -Wshadow -Wvla -Wundef -Wstrict-prototypes \
            -Wmissing-prototypes -Wpointer-arith -Wtrampolines -Wbidi-chars=any \
            -Werror=format-security -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
CFLAGS   ?= -O2 -g
# OpenSSF compiler hardening, as far as gcc 12 knows it.
HARDEN   := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-clash-protection -fstack-protector-strong -fcf-protection=full \
            -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing -ftrivial-auto-var-init=zero -fexceptions -fPIE
LDHARDEN := -pie -Wl,-z,nodlopen -Wl,-z,noexecstack -Wl,-z,relro -Wl,-z,now -Wl,--as-needed
ifneq ($(SANITIZE),)
HARDEN   := -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all -fPIE
LDHARDEN := -fsanitize=$(SANITIZE) -pie
endif
ifeq ($(FAULT),1)
DEFINES  += -DLISOLO_FAILPOINTS
endif
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -Iinclude $(DEFINES) $(WARNINGS) $(HARDEN) $(shell pkg-config --cflags $(PKGS)) $(CFLAGS)
LIBS       = $(shell pkg-config --libs $(PKGS)) -lpthread -lm

# Lowest first: a module may include only what stands before it (`make lint` proves it).
MODULES  := base store talk channel wording flow script turn sender engine intake control lab cli

quiet = $(if $(filter 1,$(V)),,@echo "  $(1)	$(2)";)

sources  = $(wildcard core/$(1)/*.c core/$(1)/*/*.c)
objects  = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))
archive  = $(BUILD)/lib$(1).a
# a module and everything below it, highest first, for the linker
upto     = $(if $(filter-out $(1),$(firstword $(2))),$(call upto,$(1),$(wordlist 2,99,$(2)),$(firstword $(2)) $(3)),$(1) $(3))
closure  = $(call upto,$(1),$(MODULES),)

.PHONY: all
all: $(BUILD)/lisolo

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call quiet,CC,$<)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

define module_rules
$(call archive,$(1)): $(call objects,$(1))
	@mkdir -p $$(@D); rm -f $$@
	$$(call quiet,AR,$$@)ar rcs $$@ $$^
-include $(patsubst %.o,%.d,$(call objects,$(1)))

# tests/unit/<module>/*.c: one program a file that starts with test_, the others are shared by them
UNIT_$(1) := $$(patsubst tests/unit/$(1)/%.c,$$(BUILD)/tests/$(1)/%,$$(wildcard tests/unit/$(1)/test_*.c))
HELP_$(1) := $$(patsubst %.c,$$(BUILD)/%.o,$$(filter-out tests/unit/$(1)/test_%,$$(wildcard tests/unit/$(1)/*.c)))
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

.PHONY: clean
clean:
	rm -rf $(BUILD)

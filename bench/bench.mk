# ---- bench: the host and the ceilings beside it, in one run on one machine (bench/run.sh; BENCH_QUICK=1 to try it) ----

BENCH_PROGRAMS := $(addprefix $(BUILD)/bench/,acks bare commits disk fill late ports)
BENCH_ARCHIVES := $(foreach m,$(call closure,intake),$(call archive,$(m)))

$(BENCH_PROGRAMS): $(BUILD)/bench/%: $(BUILD)/bench/%.o $(BUILD)/bench/tool.o $(BENCH_ARCHIVES)
	$(call quiet,LD,$@)$(CC) $(LDHARDEN) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS)
-include $(BENCH_PROGRAMS:%=%.d)

.PHONY: bench bench-programs
bench-programs: $(BENCH_PROGRAMS)
bench: deps ## measures full turns, durable acks and more against bare ceilings in the same run (BENCH_QUICK=1: two seconds each)
	@packaging/deps.sh bench
	$(again) all bench-programs
	@BUILD=$(BUILD) LISOLO=$(BUILD)/lisolo bench/run.sh

# SPDX-License-Identifier: GPL-2.0
# What the top Makefile runs inside the root tree, in /src.

MAKEFLAGS += --no-print-directory
.SUFFIXES:
Q := $(if $(V),,@)
say = @printf '  %-7s %s\n'

KERNELS ?= 6.12 7.2
B := /src/build

kdir = $(if $(filter debug,$(1)),/opt/debug/build,$(lastword $(sort $(wildcard /lib/modules/$(1).*-amd64/build))))

.PHONY: all module bpf user asan helpers
all: module bpf user

# --- the driver: out of tree for each kernel, from a copy of its sources,
# since kbuild writes beside them
module: $(KERNELS:%=module-%)

generated := *.o *.ko *.mod *.mod.c *.cmd *.gcno *.lst *.i *.s Module.symvers modules.order *.symversions *.dwo

module-%:
	$(if $(call kdir,$*),,$(error the root tree has no headers of kernel $*))
	$(say) MODULE build/$*/tandem.ko
	$(Q)mkdir -p $(B)/$*
	$(Q)rsync -a --delete $(generated:%=--exclude='%') kernel/ $(B)/$*/
	$(Q)$(MAKE) -C $(call kdir,$*) M=$(B)/$* W=1 $(if $(filter debug,$*),GCOV_PROFILE=y) modules \
		$(if $(V),V=1,>$(B)/$*.log 2>&1 || { cat $(B)/$*.log; exit 1; }; \
			! grep -A9 -E 'warning|WARNING' $(B)/$*.log || { find $(B)/$* -name '*.o' -delete; exit 1; })

# --- BPF: types from the newest kernel, relocated on load
BPF_SRC := $(wildcard bpf/*.bpf.c)
BPF_OBJ := $(BPF_SRC:bpf/%.c=$(B)/bpf/%.o)
BPF_SKEL := $(BPF_OBJ:%.bpf.o=%.skel.h)

bpf: $(BPF_OBJ) $(BPF_SKEL)

$(B)/bpf/vmlinux.h: $(call kdir,7.2)/vmlinux
	$(say) GEN build/bpf/vmlinux.h
	$(Q)mkdir -p $(@D)
	$(Q)bpftool btf dump file $< format c >$@.new && mv $@.new $@

$(B)/bpf/%.bpf.o: bpf/%.bpf.c $(B)/bpf/vmlinux.h $(wildcard bpf/*.h)
	$(say) BPF $(@:/src/%=%)
	$(Q)clang -g -O2 -Wall -Wextra -Wno-unused-parameter -Wno-missing-declarations -Werror -target bpf -mcpu=v3 \
		-D__TARGET_ARCH_x86 -I$(B)/bpf -Ibpf -c -o $@ $<
	$(Q)llvm-strip -g $@

$(B)/bpf/%.skel.h: $(B)/bpf/%.bpf.o
	$(Q)bpftool gen skeleton $< >$@.new && mv $@.new $@

# --- the tool
user: bpf
	$(if $(wildcard user/Makefile),,$(error user/Makefile is missing))
	$(Q)$(MAKE) -C user O=$(B)/user BPF=$(B)/bpf $(if $(VERSION),VERSION="$(VERSION)") $(if $(V),V=1)

# The tool again, with sanitizers, for its tests
asan: bpf
	$(Q)$(MAKE) -C user O=$(B)/asan BPF=$(B)/bpf SAN=1 $(if $(V),V=1)

# --- programs of the guest tests
helpers: bpf
	$(Q)$(MAKE) -C tests/vm/helpers O=$(B)/helpers BPF=$(B)/bpf $(if $(V),V=1)

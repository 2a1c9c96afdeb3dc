# Where each file of the packages goes: for the spec and for debian/rules.
# What is installed is in dist/bin ("node build.mjs").
DESTDIR ?=
PREFIX = $(DESTDIR)/usr
UNITDIR = $(PREFIX)/lib/systemd/system
MANDIR = $(PREFIX)/share/man
VMDIR = $(PREFIX)/lib/qubes/filterproxy
DOM0DIR = $(PREFIX)/lib/qubes/filterproxy-dom0
# Of qvm-filterproxy, loaded when it needs them: see build.mjs.
DOM0PARTS = qvm-filterproxy-common commands commands-common dialogues

program = install -D -m 0755
file = install -D -m 0644

all:
	node build.mjs

install-dom0:
	$(program) dist/bin/qvm-filterproxy.cjs $(DOM0DIR)/qvm-filterproxy
	$(file) $(DOM0PARTS:%=dist/bin/%.cjs) -t $(DOM0DIR)
	install -d $(PREFIX)/bin
	ln -sf ../lib/qubes/filterproxy-dom0/qvm-filterproxy $(PREFIX)/bin
	$(program) dist/bin/qubes-filterproxyd.cjs \
		$(PREFIX)/libexec/qubes/qubes-filterproxyd
	$(file) dom0/systemd/qubes-filterproxyd.service -t $(UNITDIR)
	$(file) dom0/systemd/30_filterproxy.conf -t $(UNITDIR)/qubes-vm@.service.d
	$(file) dom0/systemd/75-filterproxy.preset \
		-t $(PREFIX)/lib/systemd/system-preset
	$(file) dom0/management/40_qubes-filterproxy.conf \
		-t $(PREFIX)/lib/qubes-bind-dirs.d
	$(file) dom0/desktop/qubes-filterproxy-notices.service \
		-t $(PREFIX)/lib/systemd/user
	$(file) dom0/desktop/qubes-filterproxy-notices.desktop \
		-t $(DESTDIR)/etc/xdg/autostart
	$(file) dom0/completion/qvm-filterproxy.bash \
		$(PREFIX)/share/bash-completion/completions/qvm-filterproxy
	$(file) dom0/completion/_qvm-filterproxy \
		-t $(PREFIX)/share/zsh/site-functions
	$(file) packaging/salt/filterproxy/* \
		-t $(DESTDIR)/srv/formulas/base/filterproxy-formula/filterproxy
	$(file) packaging/salt/formula-filterproxy.conf \
		-t $(DESTDIR)/etc/salt/minion.d
	$(file) man/qvm-filterproxy.1 -t $(MANDIR)/man1
	$(file) man/qvm-filterproxy-rules.5 -t $(MANDIR)/man5
	$(file) man/qubes-filterproxyd.8 -t $(MANDIR)/man8
	install -D -m 0664 qubes-rpc/policy/80-filterproxy.policy \
		-t $(DESTDIR)/etc/qubes/policy.d
	for directory in qubes owners removed history usage tags sets \
		proxies; do \
		install -d $(DESTDIR)/etc/qubes/filterproxy/$$directory || exit 1; \
	done

install-vm:
	$(program) dist/bin/filterproxy-agent.cjs $(VMDIR)/filterproxy-agent
	$(program) dist/bin/filterproxy-recorder.cjs $(VMDIR)/filterproxy-recorder
	$(file) dist/bin/agent.cjs -t $(VMDIR)
	$(program) proxyvm/drained proxyvm/guard proxyvm/look-ahead \
		proxyvm/proxy proxyvm/close -t $(VMDIR)
	$(file) proxyvm/systemd/* -t $(UNITDIR)
	$(file) man/qubes-filterproxy.8 -t $(MANDIR)/man8
	$(program) qubes-rpc/services/qubes.FilterProxy -t $(DESTDIR)/etc/qubes-rpc
	$(file) qubes-rpc/rpc-config/qubes.FilterProxy \
		-t $(DESTDIR)/etc/qubes/rpc-config

# install-doc SIDE=dom0|vm DOC=DIRECTORY
install-doc:
	$(file) README.md CHANGELOG.md dist/bin/$(SIDE)/BUNDLED -t $(DOC)
	$(file) docs/*.md -t $(DOC)/docs
	$(file) docs/pictures/* -t $(DOC)/docs/pictures
	$(file) qubes-rpc/policy-examples/* -t $(DOC)/policy-examples

.PHONY: all install-dom0 install-vm install-doc

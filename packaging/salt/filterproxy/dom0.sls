# As the pillar "filterproxy" says, see docs/salt.md. Each command is run only if
# the program itself says that there is something to do.
{%- set wanted = salt['pillar.get']('filterproxy', {}) %}
{%- set proxyvms = wanted.get('proxyvms', {}) %}

filterproxy-dom0:
  pkg.installed:
    - name: qubes-filterproxy-dom0
  service.running:
    - name: qubes-filterproxyd
    - enable: true
    - require:
      - pkg: filterproxy-dom0

{%- if wanted.get('rules') %}

# Nothing but what people write: whose a file is, dom0 finds out itself.
filterproxy-rules:
  file.recurse:
    - name: /etc/qubes/filterproxy
    - source: {{ wanted['rules'] }}
    - include_pat: 'E@^(qubes|tags|sets)/[^/]+[.]rules$|^proxies/[^/]+[.]conf$'
    - user: root
    - group: qubes
    - file_mode: '0660'
    - dir_mode: '2770'
    - require:
      - pkg: filterproxy-dom0
{%- endif %}

{%- for proxyvm, made in proxyvms.items() %}
{%- set words = [proxyvm] + made['clients'] %}
{%- for option in ['based-on', 'netvm'] if made.get(option) %}
{%- do words.extend(['--' + option, made[option]]) %}
{%- endfor %}
{%- set setup = 'qvm-filterproxy setup ' + words | map('quote') | join(' ') %}

filterproxy-setup-{{ proxyvm }}:
  cmd.run:
    - name: {{ setup }} --yes --no-lock
    - unless: |
        {{ setup }} --dry-run --json | grep -q '"commands": \[\]'
    - require:
      - pkg: filterproxy-dom0

{%- for qube in made['clients'] if made.get('lock') %}
{%- set lock = 'qvm-filterproxy lock ' + qube | quote %}

filterproxy-lock-{{ qube }}:
  cmd.run:
    - name: {{ lock }}
    - unless: |
        {{ lock }} --dry-run --json | grep -q '"commands": \[\]'
    - require:
      - cmd: filterproxy-setup-{{ proxyvm }}
{%- endfor %}
{%- endfor %}

{%- if wanted.get('rules') %}

# qubes-filterproxyd has them in force by now; this fails if one has an error.
filterproxy-in-force:
  cmd.run:
    - name: qvm-filterproxy update
    - onchanges:
      - file: filterproxy-rules
{%- endif %}

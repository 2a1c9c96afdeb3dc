# In dom0: rule files, ProxyVMs and locks. In a template: the package.
include:
{%- if grains['id'] == 'dom0' %}
  - filterproxy.dom0
{%- else %}
  - filterproxy.template
{%- endif %}

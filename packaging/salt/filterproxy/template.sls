# What a ProxyVM needs of its template. It enables and starts nothing.
filterproxy-template:
  pkg.installed:
    - name: qubes-filterproxy

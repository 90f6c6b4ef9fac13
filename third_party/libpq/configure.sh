#!/bin/sh
# Stands in for PostgreSQL's configure: takes what Debian's build of the same version found out about
# the same libc, and switches off the libraries that our binary does without.
set -eu
switched_off='ENABLE_GSS|ENABLE_NLS|HAVE_GSSAPI_GSSAPI_H|HAVE_LDAP_H|HAVE_LDAP_INITIALIZE'
switched_off="$switched_off|HAVE_LIB(LDAP|LZ4|PAM|READLINE|SELINUX|XML2|XSLT|Z|ZSTD)"
switched_off="$switched_off|USE_(ICU|LDAP|LIBXML|LIBXSLT|LLVM|LZ4|PAM|SYSTEMD|ZSTD)"
sed -E -e "s/^#define ($switched_off) 1\$/#undef \\1/" -e '/^#define CONFIGURE_ARGS/d' \
    pg_config.debian.h >src/include/pg_config.h
echo '#define PG_INT64_TYPE long int' >src/include/pg_config_ext.h
cp src/include/port/linux.h src/include/pg_config_os.h

# The headers for users stand alone: the tree's own have names such as port.h and regex/.
mkdir public
cp src/include/pg_config_ext.h src/include/postgres_ext.h src/interfaces/libpq/libpq-events.h \
    src/interfaces/libpq/libpq-fe.h public

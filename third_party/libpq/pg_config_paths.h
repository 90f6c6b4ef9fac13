// Where libpq looks for the files of the machine's owner, as Debian's does. It names none of the
// folders of an installed server: there is none beside a library that is part of a binary.
#pragma once

#define SYSCONFDIR "/etc/postgresql-common"

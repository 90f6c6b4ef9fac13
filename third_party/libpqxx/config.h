// What libpqxx would find out by compiling its config-tests: our compiler and its C++ library pass
// all of them but strerror_s. The library and its users are compiled with the same.
#pragma once

#define PQXX_HAVE_ASSUME 1
#define PQXX_HAVE_CHARCONV_FLOAT 1
#define PQXX_HAVE_CHARCONV_INT 1
#define PQXX_HAVE_CMP 1
#define PQXX_HAVE_CONCEPTS 1
#define PQXX_HAVE_CXA_DEMANGLE 1
#define PQXX_HAVE_GCC_PURE 1
#define PQXX_HAVE_GCC_VISIBILITY 1
#define PQXX_HAVE_LIKELY 1
#define PQXX_HAVE_MULTIDIM 1
#define PQXX_HAVE_PATH 1
#define PQXX_HAVE_POLL 1
#define PQXX_HAVE_SLEEP_FOR 1
#define PQXX_HAVE_SOURCE_LOCATION 1
#define PQXX_HAVE_SPAN 1
#define PQXX_HAVE_SSIZE 1
#define PQXX_HAVE_STRERROR_R 1
#define PQXX_HAVE_THREAD_LOCAL 1
#define PQXX_HAVE_YEAR_MONTH_DAY 1

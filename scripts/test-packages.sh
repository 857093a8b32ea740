#!/bin/sh
# Installs the system programs that the tests run for real, when they are missing and this user may. Debian and its relatives.
# Usage: scripts/test-packages.sh [--check]     --check only says what is missing (exit status 1)
set -eu

missing=''
want() { # want <file or command> <package>
  case "$1" in
    /*) [ -e "$1" ] && return 0 ;;
    *) command -v "$1" >/dev/null 2>&1 && return 0 ;;
  esac
  case " $missing " in *" $2 "*) ;; *) missing="$missing $2" ;; esac
}

plugins=/usr/lib/nagios/plugins
want "$plugins/check_dummy" monitoring-plugins-basic
want "$plugins/check_dns" monitoring-plugins-standard
want "$plugins/check_tcp" monitoring-plugins-basic
want fping fping
want /usr/sbin/nats-server nats-server
want dig bind9-dnsutils
want chromium chromium
want openssl openssl
want /usr/sbin/sshd openssh-server
want ssh openssh-client
want /usr/sbin/nrpe nagios-nrpe-server
want /usr/sbin/snmpd snmpd
want snmpget snmp
want /usr/sbin/nginx nginx-light
want /usr/sbin/named bind9
want redis-server redis-server
want /usr/sbin/postfix postfix
want /usr/sbin/dovecot dovecot-imapd
want /usr/sbin/mariadbd mariadb-server
want ps procps
want ip iproute2
want faketime faketime
want /usr/sbin/nagios4 nagios4-core
want /etc/nagios-plugins/config/redis.cfg monitoring-plugins-contrib
want /etc/nagios-plugins/config/check_nrpe.cfg nagios-nrpe-plugin

# To install chrony would replace this machine's own time daemon: it is only unpacked.
chrony="$(cd "$(dirname "$0")/.." && pwd)/node_modules/.cache/chrony"
unpack_chrony() {
  { [ -e /usr/sbin/chronyd ] || [ -e "$chrony/usr/sbin/chronyd" ]; } && return 0
  command -v apt-get >/dev/null 2>&1 || return 0
  archive=$(mktemp -d)
  chmod 755 "$archive"
  mkdir -p "$chrony"
  if ! (cd "$archive" && apt-get download chrony && dpkg-deb -x chrony_*.deb "$chrony") >"$archive/log" 2>&1; then
    tail -n 5 "$archive/log" >&2
    echo "chrony could not be unpacked into $chrony (apt-get update may help); the test of the template ntp-server needs it" >&2
  fi
  rm -rf "$archive"
}

if [ -z "$missing" ]; then
  [ "${1:-}" = '--check' ] || unpack_chrony
  exit 0
fi
# Nothing is removed for the tests: where another mail or database server is installed, apt-get says what is in the way.
command="apt-get install -y --no-install-recommends --no-remove$missing"
if [ "${1:-}" = '--check' ]; then
  echo "missing for the tests:$missing" >&2
  echo "  install them with: $command" >&2
  exit 1
fi

as_root=''
if [ "$(id -u)" != 0 ]; then
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root='sudo -n'
  else
    echo "the tests need these Debian packages, and this user may not install them:$missing" >&2
    echo "  as root: $command" >&2
    exit 1
  fi
fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "the tests need programs that Debian packages as:$missing; install their like on this system" >&2
  exit 1
fi

echo "installing for the tests:$missing" >&2
log=$(mktemp)
policy=/usr/sbin/policy-rc.d
made_policy=''
cleanup() {
  rm -f "$log"
  [ -z "$made_policy" ] || $as_root rm -f "$policy"
}
trap cleanup EXIT
# Tests start what they need themselves: no daemon may begin to run because its package is installed.
if [ ! -e "$policy" ]; then
  made_policy=yes
  printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
  $as_root chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
if ! { $as_root apt-get -o DPkg::Lock::Timeout=300 update && $as_root $command -o DPkg::Lock::Timeout=300; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "installation failed; by hand: $command" >&2
  exit 1
fi
unpack_chrony

/// The signatures of the built-in functions: one overload a line, `name(types) result`; a dot in
/// front makes it a member function. Operators have the names that CEL's tools use.
let standardSignatures = languageSignatures + "\n" + extensionSignatures

/// The standard library (cel-spec langdef, "List of Standard Definitions").
private let languageSignatures = """
  _<_(bool, bool) bool
  _<_(int, int) bool
  _<_(uint, uint) bool
  _<_(double, double) bool
  _<_(string, string) bool
  _<_(bytes, bytes) bool
  _<_(timestamp, timestamp) bool
  _<_(duration, duration) bool
  _<_(int, uint) bool
  _<_(int, double) bool
  _<_(uint, int) bool
  _<_(uint, double) bool
  _<_(double, int) bool
  _<_(double, uint) bool
  _<=_(bool, bool) bool
  _<=_(int, int) bool
  _<=_(uint, uint) bool
  _<=_(double, double) bool
  _<=_(string, string) bool
  _<=_(bytes, bytes) bool
  _<=_(timestamp, timestamp) bool
  _<=_(duration, duration) bool
  _<=_(int, uint) bool
  _<=_(int, double) bool
  _<=_(uint, int) bool
  _<=_(uint, double) bool
  _<=_(double, int) bool
  _<=_(double, uint) bool
  _>_(bool, bool) bool
  _>_(int, int) bool
  _>_(uint, uint) bool
  _>_(double, double) bool
  _>_(string, string) bool
  _>_(bytes, bytes) bool
  _>_(timestamp, timestamp) bool
  _>_(duration, duration) bool
  _>_(int, uint) bool
  _>_(int, double) bool
  _>_(uint, int) bool
  _>_(uint, double) bool
  _>_(double, int) bool
  _>_(double, uint) bool
  _>=_(bool, bool) bool
  _>=_(int, int) bool
  _>=_(uint, uint) bool
  _>=_(double, double) bool
  _>=_(string, string) bool
  _>=_(bytes, bytes) bool
  _>=_(timestamp, timestamp) bool
  _>=_(duration, duration) bool
  _>=_(int, uint) bool
  _>=_(int, double) bool
  _>=_(uint, int) bool
  _>=_(uint, double) bool
  _>=_(double, int) bool
  _>=_(double, uint) bool
  _==_(A, A) bool
  _!=_(A, A) bool
  @in(A, list(A)) bool
  @in(K, map(K, V)) bool
  !_(bool) bool
  -_(int) int
  -_(double) double
  _+_(int, int) int
  _+_(uint, uint) uint
  _+_(double, double) double
  _+_(string, string) string
  _+_(bytes, bytes) bytes
  _+_(list(A), list(A)) list(A)
  _+_(timestamp, duration) timestamp
  _+_(duration, timestamp) timestamp
  _+_(duration, duration) duration
  _-_(int, int) int
  _-_(uint, uint) uint
  _-_(double, double) double
  _-_(timestamp, timestamp) duration
  _-_(timestamp, duration) timestamp
  _-_(duration, duration) duration
  _*_(int, int) int
  _*_(uint, uint) uint
  _*_(double, double) double
  _/_(int, int) int
  _/_(uint, uint) uint
  _/_(double, double) double
  _%_(int, int) int
  _%_(uint, uint) uint
  _[_](list(A), int) A
  _[_](map(K, V), K) V
  _[_](optional_type(list(A)), int) optional_type(A)
  _[_](optional_type(map(K, V)), K) optional_type(V)
  _[?_](list(A), int) optional_type(A)
  _[?_](map(K, V), K) optional_type(V)
  _[?_](optional_type(list(A)), int) optional_type(A)
  _[?_](optional_type(map(K, V)), K) optional_type(V)
  size(string) int
  .size(string) int
  size(bytes) int
  .size(bytes) int
  size(list(A)) int
  .size(list(A)) int
  size(map(K, V)) int
  .size(map(K, V)) int
  int(int) int
  int(uint) int
  int(double) int
  int(string) int
  int(timestamp) int
  int(duration) int
  uint(uint) uint
  uint(int) uint
  uint(double) uint
  uint(string) uint
  double(double) double
  double(int) double
  double(uint) double
  double(string) double
  string(string) string
  string(int) string
  string(uint) string
  string(double) string
  string(bool) string
  string(bytes) string
  string(timestamp) string
  string(duration) string
  string(net.IP) string
  string(net.CIDR) string
  bytes(bytes) bytes
  bytes(string) bytes
  bool(bool) bool
  bool(string) bool
  timestamp(timestamp) timestamp
  timestamp(string) timestamp
  timestamp(int) timestamp
  duration(duration) duration
  duration(string) duration
  duration(int) duration
  type(A) type(A)
  dyn(A) dyn
  .contains(string, string) bool
  .startsWith(string, string) bool
  .endsWith(string, string) bool
  .matches(string, string) bool
  matches(string, string) bool
  .getFullYear(timestamp) int
  .getFullYear(timestamp, string) int
  .getMonth(timestamp) int
  .getMonth(timestamp, string) int
  .getDayOfYear(timestamp) int
  .getDayOfYear(timestamp, string) int
  .getDayOfMonth(timestamp) int
  .getDayOfMonth(timestamp, string) int
  .getDate(timestamp) int
  .getDate(timestamp, string) int
  .getDayOfWeek(timestamp) int
  .getDayOfWeek(timestamp, string) int
  .getHours(timestamp) int
  .getHours(timestamp, string) int
  .getMinutes(timestamp) int
  .getMinutes(timestamp, string) int
  .getSeconds(timestamp) int
  .getSeconds(timestamp, string) int
  .getMilliseconds(timestamp) int
  .getMilliseconds(timestamp, string) int
  .getHours(duration) int
  .getMinutes(duration) int
  .getSeconds(duration) int
  .getMilliseconds(duration) int
  """

/// The extension libraries strings, math, lists, sets, encoders, optionals, network and regex.
private let extensionSignatures = """
  .charAt(string, int) string
  .indexOf(string, string) int
  .indexOf(string, string, int) int
  .lastIndexOf(string, string) int
  .lastIndexOf(string, string, int) int
  .join(list(string)) string
  .join(list(string), string) string
  .lowerAscii(string) string
  .upperAscii(string) string
  .trim(string) string
  .reverse(string) string
  .replace(string, string, string) string
  .replace(string, string, string, int) string
  .split(string, string) list(string)
  .split(string, string, int) list(string)
  .substring(string, int) string
  .substring(string, int, int) string
  .format(string, list(dyn)) string
  strings.quote(string) string
  math.@max(int) int
  math.@max(uint) uint
  math.@max(double) double
  math.@max(int, int) int
  math.@max(uint, uint) uint
  math.@max(double, double) double
  math.@max(int, uint) dyn
  math.@max(int, double) dyn
  math.@max(uint, int) dyn
  math.@max(uint, double) dyn
  math.@max(double, int) dyn
  math.@max(double, uint) dyn
  math.@max(list(int)) int
  math.@max(list(uint)) uint
  math.@max(list(double)) double
  math.@min(int) int
  math.@min(uint) uint
  math.@min(double) double
  math.@min(int, int) int
  math.@min(uint, uint) uint
  math.@min(double, double) double
  math.@min(int, uint) dyn
  math.@min(int, double) dyn
  math.@min(uint, int) dyn
  math.@min(uint, double) dyn
  math.@min(double, int) dyn
  math.@min(double, uint) dyn
  math.@min(list(int)) int
  math.@min(list(uint)) uint
  math.@min(list(double)) double
  math.ceil(double) double
  math.floor(double) double
  math.round(double) double
  math.trunc(double) double
  math.abs(int) int
  math.abs(uint) uint
  math.abs(double) double
  math.sign(int) int
  math.sign(uint) uint
  math.sign(double) double
  math.sqrt(double) double
  math.sqrt(int) double
  math.sqrt(uint) double
  math.isNaN(double) bool
  math.isInf(double) bool
  math.isFinite(double) bool
  math.bitAnd(int, int) int
  math.bitAnd(uint, uint) uint
  math.bitOr(int, int) int
  math.bitOr(uint, uint) uint
  math.bitXor(int, int) int
  math.bitXor(uint, uint) uint
  math.bitNot(int) int
  math.bitShiftLeft(int, int) int
  math.bitShiftRight(int, int) int
  math.bitNot(uint) uint
  math.bitShiftLeft(uint, int) uint
  math.bitShiftRight(uint, int) uint
  .slice(list(A), int, int) list(A)
  .flatten(list(list(A))) list(A)
  .flatten(list(dyn)) list(dyn)
  .flatten(list(dyn), int) list(dyn)
  .distinct(list(A)) list(A)
  .reverse(list(A)) list(A)
  .sort(list(A)) list(A)
  lists.range(int) list(int)
  .first(list(A)) optional_type(A)
  .last(list(A)) optional_type(A)
  sets.contains(list(A), list(A)) bool
  sets.equivalent(list(A), list(A)) bool
  sets.intersects(list(A), list(A)) bool
  base64.encode(bytes) string
  base64.decode(string) bytes
  optional.of(A) optional_type(A)
  optional.ofNonZeroValue(A) optional_type(A)
  optional.none() optional_type(A)
  optional.unwrap(list(optional_type(A))) list(A)
  .unwrapOpt(list(optional_type(A))) list(A)
  .hasValue(optional_type(A)) bool
  .value(optional_type(A)) A
  .or(optional_type(A), optional_type(A)) optional_type(A)
  .orValue(optional_type(A), A) A
  ip(string) net.IP
  ip(net.IP) net.IP
  cidr(string) net.CIDR
  cidr(net.CIDR) net.CIDR
  isIP(string) bool
  isCIDR(string) bool
  ip.isCanonical(string) bool
  cidr.isCanonical(string) bool
  .family(net.IP) int
  .isUnspecified(net.IP) bool
  .isLoopback(net.IP) bool
  .isGlobalUnicast(net.IP) bool
  .isLinkLocalMulticast(net.IP) bool
  .isLinkLocalUnicast(net.IP) bool
  .containsIP(net.CIDR, net.IP) bool
  .containsIP(net.CIDR, string) bool
  .containsCIDR(net.CIDR, net.CIDR) bool
  .containsCIDR(net.CIDR, string) bool
  .ip(net.CIDR) net.IP
  .masked(net.CIDR) net.CIDR
  .prefixLength(net.CIDR) int
  regex.replace(string, string, string) string
  regex.replace(string, string, string, int) string
  regex.extract(string, string) optional_type(string)
  regex.extractAll(string, string) list(string)
  """

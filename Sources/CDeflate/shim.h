// Debian's libdeflate-dev 1.14. Everything that is called is importable as it stands, so this
// header only names it; the module map links the library.
#include <libdeflate.h>

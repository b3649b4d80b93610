/*
 * What Debian's libstdc++, libgcc and OpenSSL (built for glibc) want from a C library and musl does not have. With it, .NET's build for musl runs on
 * Debian's musl package: enough to run Weft's checks there, and nothing more. scripts/run-platforms compiles it under the name of glibc's
 * loader, which libstdc++ asks for and musl's loader would not find.
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>

typedef unsigned long ulong;

/* Declared here, because the headers at hand are glibc's. These are musl's. */
extern int pthread_key_create(unsigned *key, void (*destructor)(void *));
extern int pthread_setspecific(unsigned key, const void *value);
extern void *pthread_getspecific(unsigned key);
extern int pthread_once(int *once, void (*routine)(void));
extern void *malloc(size_t size);
extern void *calloc(size_t count, size_t size);
extern void free(void *memory);
extern size_t strftime_l(char *to, size_t size, const char *format, const void *time, void *locale);
extern long getrandom(void *buffer, size_t size, unsigned flags);
extern int dl_iterate_phdr(int (*callback)(void *info, size_t size, void *data), void *data);

char __libc_single_threaded = 0;

/* libgcc has these in an old symbol version only, which musl's loader passes over. Nothing here asks what the CPU is. */
unsigned __cpu_model[4];

int __cpu_indicator_init(void)
{
    return 0;
}

size_t __strftime_l(char *to, size_t size, const char *format, const void *time, void *locale)
{
    return strftime_l(to, size, format, time, locale);
}

uint32_t arc4random(void)
{
    uint32_t value = 0;
    getrandom(&value, sizeof value, 0);
    return value;
}

/* glibc's checked forms of common calls. The checks are left out. */
extern void *memcpy(void *to, const void *from, size_t size);
extern void *memset(void *to, int value, size_t size);
extern char *strcat(char *to, const char *from);
extern int vsprintf(char *to, const char *format, __builtin_va_list arguments);
extern int vfprintf(void *file, const char *format, __builtin_va_list arguments);
extern void abort(void);

void *__memcpy_chk(void *to, const void *from, size_t size, size_t room) { (void)room; return memcpy(to, from, size); }
void *__memset_chk(void *to, int value, size_t size, size_t room) { (void)room; return memset(to, value, size); }
char *__strcat_chk(char *to, const char *from, size_t room) { (void)room; return strcat(to, from); }
int __vfprintf_chk(void *file, int flag, const char *format, __builtin_va_list arguments) { (void)flag; return vfprintf(file, format, arguments); }
long __fdelt_chk(long descriptor) { return descriptor / 64; }
void __syslog_chk(int priority, int flag, const char *format, ...) { (void)priority; (void)flag; (void)format; }

int __sprintf_chk(char *to, int flag, size_t room, const char *format, ...)
{
    __builtin_va_list arguments;
    (void)flag;
    (void)room;
    __builtin_va_start(arguments, format);
    int length = vsprintf(to, format, arguments);
    __builtin_va_end(arguments);
    return length;
}

int __fprintf_chk(void *file, int flag, const char *format, ...)
{
    __builtin_va_list arguments;
    (void)flag;
    __builtin_va_start(arguments, format);
    int length = vfprintf(file, format, arguments);
    __builtin_va_end(arguments);
    return length;
}

/* Only for OpenSSL's own coroutines, which nothing here uses. */
void getcontext(void) { abort(); }
void makecontext(void) { abort(); }
void setcontext(void) { abort(); }

/* Destructors of C++ thread_local objects, newest first, when the thread ends: the runtime leaves a thread that way. */
struct destructor {
    void (*run)(void *);
    void *object;
    struct destructor *older;
};

static unsigned s_key;
static int s_once;

static void run_destructors(void *list)
{
    struct destructor *next = list;
    while (next) {
        struct destructor *one = next;
        /* A destructor may add others: they are found under the key, and musl comes back for them. */
        next = one->older;
        one->run(one->object);
        free(one);
    }
}

static void make_key(void)
{
    pthread_key_create(&s_key, run_destructors);
}

int __cxa_thread_atexit_impl(void (*run)(void *), void *object, void *library)
{
    (void)library;
    pthread_once(&s_once, make_key);
    struct destructor *one = malloc(sizeof *one);
    if (!one)
        return -1;
    one->run = run;
    one->object = object;
    one->older = pthread_getspecific(s_key);
    pthread_setspecific(s_key, one);
    return 0;
}

/*
 * libstdc++ reads the character tables of the C locale out of glibc's locale object, behind 13 category pointers. So locales have that
 * shape here. musl looks at the first six pointers only, and takes null for the C locale.
 */
struct locale_with_tables {
    void *categories[13];
    const unsigned short *classes;
    const int *lower;
    const int *upper;
    const char *names[13];
};

static unsigned short s_classes[384];
static int s_lower[384];
static int s_upper[384];

static void *make_locale(void)
{
    struct locale_with_tables *made = calloc(1, sizeof *made);
    for (int c = 0; c < 256; c++) {
        s_lower[128 + c] = c >= 'A' && c <= 'Z' ? c + 32 : c;
        s_upper[128 + c] = c >= 'a' && c <= 'z' ? c - 32 : c;
    }
    if (made) {
        made->classes = s_classes + 128;
        made->lower = s_lower + 128;
        made->upper = s_upper + 128;
    }
    return made;
}

void *__newlocale(int mask, const char *name, void *base)
{
    (void)mask;
    (void)name;
    return base ? base : make_locale();
}

void *__duplocale(void *locale)
{
    (void)locale;
    return make_locale();
}

void __freelocale(void *locale)
{
    free(locale);
}

/* The unwinder asks which object a program counter is in, and for its PT_GNU_EH_FRAME. */
struct program_header {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct phdr_info {
    uint64_t addr;
    const char *name;
    const struct program_header *phdr;
    uint16_t phnum;
};

struct found_object {
    uint64_t flags;
    void *start;
    void *end;
    void *link_map;
    void *eh_frame;
};

struct search {
    uint64_t pc;
    struct found_object *found;
};

static int look_into(void *data, size_t size, void *argument)
{
    enum { PT_LOAD = 1, PT_GNU_EH_FRAME = 0x6474e550 };
    const struct phdr_info *info = data;
    struct search *search = argument;
    const struct program_header *frames = 0;
    int inside = 0;
    (void)size;
    for (int i = 0; i < info->phnum; i++) {
        const struct program_header *header = &info->phdr[i];
        uint64_t start = info->addr + header->vaddr;
        if (header->type == PT_GNU_EH_FRAME)
            frames = header;
        if (header->type == PT_LOAD && search->pc >= start && search->pc < start + header->memsz) {
            inside = 1;
            search->found->start = (void *)start;
            search->found->end = (void *)(start + header->memsz);
        }
    }
    if (!inside || !frames)
        return 0;
    search->found->eh_frame = (void *)(info->addr + frames->vaddr);
    return 1;
}

int _dl_find_object(void *pc, struct found_object *found)
{
    struct search search = { (uint64_t)pc, found };
    found->flags = 0;
    found->link_map = 0;
    return dl_iterate_phdr(look_into, &search) == 1 ? 0 : -1;
}

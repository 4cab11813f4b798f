/* verdict.h - what to do after an answer. Pure: tests can ask it all. */
#ifndef VERDICT_H
#define VERDICT_H

#include "common/platform.h"

enum verdict {
    VERDICT_TAKE,      /* the page is good */
    VERDICT_WAIT,      /* ask again after `wait`, keeping the claim */
    VERDICT_GIVE_BACK, /* too long to sit on a claim: runnable after `wait` */
    VERDICT_LOGIN,     /* log in, then ask again */
    VERDICT_RESTART,   /* from the first page of the same window */
    VERDICT_FAIL       /* this generation ends badly */
};

struct attempt {
    enum page_class class;
    int64_t failed;     /* attempts at this page that failed, this one too */
    int64_t tries;      /* how many may fail */
    int64_t asked_wait; /* us that the platform asks for; 0: it does not say */
    int64_t throttled;  /* us since the last good answer */
    int logins;         /* in a row */
    int restarts;       /* of this generation */
    double dice;        /* 0..1: spreads the waits */
};

/* The verdict, and in WAIT how many us to wait. */
enum verdict verdict_of(const struct attempt *attempt, int64_t *wait);

#endif

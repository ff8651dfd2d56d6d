import fc from 'fast-check';

// Every change has the tests run again: of random values a half a second's must do.
fc.configureGlobal({ interruptAfterTimeLimit: 500, markInterruptAsFailure: false });

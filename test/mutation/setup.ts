import fc from 'fast-check';

// Every change has the tests run again: of random values half a second's must do.
fc.installGlobalPlugin(fc.interruptAfterTimeLimit(500));

"""The console command: verbs, their help, and the screen."""

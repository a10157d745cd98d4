[playlist]
File1=http://radio.example/live
Title1=Live
NumberOfEntries=1

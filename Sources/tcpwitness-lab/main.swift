// Runs scenarios on the kernel it finds itself on and writes what it sees as an event stream.
//
//     tcpwitness-lab run [--lane L] [--link L] [--jobs N] [--repeat N] [--timeout S] ID...
//     tcpwitness-lab doctor
//     tcpwitness-lab guard
//
// and in the shell of a guest, see GuestShell:
//
//     tcpwitness-lab in HOST COMMAND...
//     tcpwitness-lab try [--lane L] ID|FILE.tcp...
//
// As the first process of a guest it takes its arguments from the guest's image, see GuestInit.
//
// Descriptor 3 takes the events; closing the other end of descriptor 4 ends the run.
internal import Lab
internal import Linux

if OwnProcess.id == 1 && Files.exists(GuestInit.argumentsFile) { GuestInit.run() }
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "run": OwnProcess.exit(LabCommand.run(Array(arguments.dropFirst())))
case "guard": OwnProcess.exit(LabCommand.guardRun())
case "doctor": OwnProcess.exit(LabCommand.doctor())
case "in": OwnProcess.exit(ShellTools.enter(Array(arguments.dropFirst())))
case "try": OwnProcess.exit(ShellTools.tryOut(Array(arguments.dropFirst())))
default:
    LabCommand.complain("usage: tcpwitness-lab run|doctor (started by tcpwitness)")
    OwnProcess.exit(2)
}

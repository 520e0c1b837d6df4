// Feeds everything that reads what others wrote with mutants of good inputs, and reports what traps, takes longer than
// 10 s or more than 1 GB.
//
//     tcpwitness-fuzz [--mutants N] [--seconds S] [--seed N] [--keep DIRECTORY]
//     tcpwitness-fuzz --only N --seed N
//
// Mutant N of a seed is always the same; --only runs that one alone, in this process.
internal import CLinux
internal import Glibc
internal import Linux

var options: [String: String] = [:]
var words = CommandLine.arguments.dropFirst()
while let name = words.popFirst() {
    guard ["--mutants", "--seconds", "--seed", "--keep", "--only", "--child"].contains(name),
        let value = words.popFirst()
    else {
        print("usage: tcpwitness-fuzz [--mutants N] [--seconds S] [--seed N] [--keep DIRECTORY] [--only N]")
        exit(2)
    }
    options[name] = value
}
let seed = options["--seed"].flatMap { UInt64($0) } ?? 1
let mutants = options["--mutants"].flatMap { Int($0) } ?? 20_000
if let number = options["--only"].flatMap({ Int($0) }) {
    let (target, input) = Target.mutant(number, seed: seed)
    print("\(target.name), \(input.count) bytes")
    do {
        try target.read(input)
        print("was read")
    } catch {
        print("was refused: \(error)")
    }
    exit(0)
}
if let first = options["--child"].flatMap({ Int($0) }) { Child.run(first..<mutants, seed: seed) }
let campaign = Campaign(
    seed: seed, mutants: mutants, seconds: options["--seconds"].flatMap { Double($0) }, directory: options["--keep"])
exit(try campaign.run() ? 0 : 1)

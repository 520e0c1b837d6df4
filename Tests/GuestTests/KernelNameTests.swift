import Kernels
import Testing

@testable import Guest

/// What an argument of `--kernel` asks for.
@Suite struct KernelNameTests {
    @Test(
        arguments: [
            ("6.12", "6.12", .newest), ("6.1", "6.1", .newest), ("6.12.107", "6.12", .one("6.12.107")),
            ("7.3-rc7", "7.3", .one("7.3-rc7")), ("ubuntu-5.15", "ubuntu-5.15", .newest),
            ("ubuntu-5.15.0-91", "ubuntu-5.15", .one("ubuntu-5.15.0-91")),
            ("6.12@all", "6.12", .range(from: nil, to: nil)),
            ("6.12@oldest..newest", "6.12", .range(from: nil, to: nil)),
            ("6.12@90..107", "6.12", .range(from: "6.12.90", to: "6.12.107")),
            ("6.12@6.12.90..newest", "6.12", .range(from: "6.12.90", to: nil)),
            ("6.12@oldest..6.12.90", "6.12", .range(from: nil, to: "6.12.90")),
        ] as [(String, String, KernelName.Choice)])
    func names(_ argument: String, _ series: String, _ choice: KernelName.Choice) throws {
        let name = try #require(try KernelName(argument))
        #expect(name.series.name == series)
        #expect(name.choice == choice)
    }

    @Test(arguments: ["vmlinuz", "/boot/vmlinuz-6.12", "6.12.x", "6.120", "5.9", "", "@", "6", "running", "6.12./boot"])
    func paths(_ argument: String) throws {
        #expect(try KernelName(argument) == nil)
    }

    @Test(arguments: [
        ("6.12@", "after '@' comes 'all', or two releases with '..' between them"),
        ("6.12@90", "after '@' comes 'all', or two releases with '..' between them"),
        ("6.12@..", "'' is no release of 6.12, nor 'oldest'"),
        ("6.12@90..", "'' is no release of 6.12, nor 'newest'"),
        ("6.12@newest..oldest", "'newest' is no release of 6.12, nor 'oldest'"),
        ("6.12.90@all", "what follows '@' chooses among the releases of a series, such as 6.12"),
    ])
    func broken(_ argument: String, _ message: String) {
        #expect(throws: GuestError("\(argument): \(message)")) { try KernelName(argument) }
    }

    @Test(arguments: [
        ("6.12", ["6.12.107"]), ("6.12.9", ["6.12.9"]), ("6.12.8", []),
        ("6.12@all", ["6.12.9", "6.12.90", "6.12.107"]),
        ("6.12@10..100", ["6.12.90"]), ("6.12@90..newest", ["6.12.90", "6.12.107"]), ("6.12@200..300", []),
    ])
    func selection(_ argument: String, _ chosen: [String]) throws {
        let name = try #require(try KernelName(argument))
        #expect(name.select(["6.12.107", "6.12.9", "6.12.90"]) == chosen)
    }

    /// Every series of the table can be asked for by its name, and none hides another.
    @Test(arguments: KernelSeries.all) func table(_ series: KernelSeries) throws {
        #expect(try KernelName(series.name) == KernelName(series.name, among: [series]))
        #expect(!series.sources.isEmpty && !series.flavours.isEmpty)
        #expect(series.name == series.prefix + series.version)
        #expect(Set(KernelSeries.all.map(\.name)).count == KernelSeries.all.count)
    }
}

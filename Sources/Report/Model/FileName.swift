internal import Record

/// Names of files that are made of what a record says.
package enum FileName {
    /// How many bytes a name may have; the kernel allows 255, and temporary names add some.
    private static let longest = 200

    /// One name in one directory, whatever the text: no slash, nothing that a shell or a terminal takes for its own,
    /// not hidden, not empty, and never `.` or `..`.
    package static func safe(_ text: String) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            let isBad = scalar.isControl || scalar == "/" || scalar == "\\" || scalar == "\n" || scalar == "\t"
            name.unicodeScalars.append(isBad ? "_" : scalar)
            if name.utf8.count >= longest { break }
        }
        if name.first == "." || name.first == "-" { name = "_" + name.dropFirst() }
        return name.isEmpty ? "_" : name
    }

    /// Safe names for all of them, each another.
    package static func distinct(_ texts: [String]) -> [String] {
        var taken: Set<String> = []
        return texts.map { text in
            let name = safe(text)
            var (candidate, number) = (name, 1)
            while !taken.insert(candidate).inserted {
                number += 1
                candidate = "\(name)-\(number)"
            }
            return candidate
        }
    }
}

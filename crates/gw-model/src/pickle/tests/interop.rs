//! Against CPython's `pickletools`: wherever it can tell the opcodes of a stream apart, they are
//! where the machine sees them.

use std::io::Write;
use std::process::{Command, Stdio};

use super::super::machine::Machine;
use super::super::step::{Chunk, Step};
use super::random::stream;

const SCRIPT: &str = r"
import pickletools, sys
for line in sys.stdin:
    try:
        print(','.join(str(at) for _, _, at in pickletools.genops(bytes.fromhex(line))))
    except Exception:
        print('!')
";

/// Numbers without order, alike in each run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

#[test]
fn opcodes_are_where_python_sees_them() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut streams = Vec::new();
    for _ in 0..6000 {
        let choices: Vec<(u8, u8, u8)> = (0..numbers.below(40))
            .map(|_| {
                let number = numbers.next().to_le_bytes();
                (number[0], number[1], number[2])
            })
            .collect();
        let mut bytes = stream(&choices);
        for _ in 0..numbers.below(3) {
            let at = numbers.below(bytes.len());
            match numbers.below(3) {
                0 => bytes[at] = numbers.next() as u8,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, numbers.next() as u8),
            }
        }
        streams.push(bytes);
    }
    let input: String = streams
        .iter()
        .map(|bytes| hex::encode(bytes) + "\n")
        .collect();
    let folder = std::env::var_os("GW_TEST_ENV").expect("`cargo xtask test` sets GW_TEST_ENV");
    let mut child = Command::new(std::path::Path::new(&folder).join("python/bin/python"))
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`cargo xtask test` installs python");
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let mut compared = 0;
    for (bytes, line) in streams.iter().zip(output.lines()) {
        if line == "!" {
            continue;
        }
        compared += 1;
        let expected: Vec<u64> = line.split(',').map(|at| at.parse().unwrap()).collect();
        let mut machine = Machine::new();
        let chunk = Chunk {
            bytes,
            base: 0,
            builds: false,
        };
        let mut place = 0;
        let step = machine.run(chunk, &mut place);
        assert_eq!(step, Step::Stop, "{}", hex::encode(bytes));
        assert_eq!(machine.trace, expected, "{}", hex::encode(bytes));
        assert_eq!(place as u64, expected.last().unwrap() + 1);
    }
    assert!(compared > 2000, "only {compared} streams were compared");
}

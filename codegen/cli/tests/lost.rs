//! Nothing of the user's is ever lost: what stands in the folder of a client, around it, and behind links.

mod shell;

use shell::{Failure, document, ends, generate, tree};
use std::fs;

const LARGE: (usize, usize) = (44, 4);

#[test]
fn a_client_around_other_clients_leaves_them_alone() -> Result<(), Failure> {
    for out in ["src", "."] {
        let folder = tempfile::tempdir()?;
        let path = folder.path();
        fs::write(path.join("openapi.yaml"), document(3, 1))?;
        let inner = ["shop", "orders", "whole"]
            .map(|name| if out == "." { name.into() } else { format!("src/{name}") });
        for (service, inner) in ["shop", "orders", "whole"].iter().zip(&inner) {
            ends(path, &generate(service, inner), 0)?;
        }
        fs::write(path.join(out).join("main.rs"), "fn main() {}\n")?;
        let before = tree(path)?;
        ends(path, &generate("whole", out), 0)?;
        fs::write(path.join("openapi.yaml"), document(LARGE.0, LARGE.1))?;
        ends(path, &generate("whole", out), 0)?;
        assert!(path.join(out).join("operations/tag3.rs").is_file());
        fs::write(path.join("openapi.yaml"), document(3, 1))?;
        let said = ends(path, &generate("whole", out), 0)?;
        assert!(said.contains("removed") && said.contains("tag3.rs"), "{said}");
        assert!(!path.join(out).join("operations").exists());
        let mut after = tree(path)?;
        for file in ["mod.rs", "operations.rs", "types.rs", ".cloudrun"] {
            assert!(
                after
                    .remove(
                        &std::path::Path::new(out)
                            .join(file)
                            .components()
                            .skip(usize::from(out == "."))
                            .collect::<std::path::PathBuf>()
                    )
                    .is_some(),
                "{file}"
            );
        }
        assert_eq!(after, before, "--out {out}");
    }
    Ok(())
}

#[test]
fn two_services_do_not_share_a_folder() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    fs::write(path.join("openapi.yaml"), document(3, 1))?;
    ends(path, &generate("shop", "out"), 0)?;
    let before = tree(path)?;
    let said = ends(path, &generate("orders", "out"), 2)?;
    assert!(
        said.contains("`out` belongs to the client of the service `shop`") && said.contains("--force"),
        "{said}"
    );
    assert_eq!(tree(path)?, before);
    let said = ends(path, &[generate("orders", "out"), vec!["--check"]].concat(), 1)?;
    assert!(said.contains("the service `shop`"), "{said}");
    Ok(())
}

#[test]
fn a_file_by_hand_is_named_and_stays_unless_forced() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    fs::write(path.join("openapi.yaml"), document(3, 1))?;
    fs::create_dir_all(path.join("src/shop"))?;
    for file in ["mod.rs", "types.rs"] {
        fs::write(path.join("src/shop").join(file), "//! By hand.\n")?;
    }
    let before = tree(path)?;
    let (run, check) =
        (generate("shop", "src/shop"), [generate("shop", "src/shop"), vec!["--check"]].concat());
    for (arguments, status) in [(&run, 2), (&check, 1)] {
        let said = ends(path, arguments, status)?;
        for named in ["src/shop/mod.rs", "src/shop/types.rs", "move it away", "--force"] {
            assert!(said.contains(named), "{said}");
        }
    }
    assert_eq!(tree(path)?, before);
    ends(path, &[run, vec!["--force"]].concat(), 0)?;
    ends(path, &check, 0)?;
    Ok(())
}

#[cfg(unix)]
#[test]
fn the_folder_that_the_user_is_in_stays_where_it_is() -> Result<(), Failure> {
    use std::os::unix::fs::MetadataExt;
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    fs::write(path.join("openapi.yaml"), document(3, 1))?;
    ends(path, &generate("shop", "shop"), 0)?;
    let before = fs::metadata(path.join("shop"))?.ino();
    fs::write(path.join("openapi.yaml"), document(LARGE.0, LARGE.1))?;
    ends(
        &path.join("shop"),
        &["generate", "--spec", "../openapi.yaml", "--service", "shop", "--out", "."],
        0,
    )?;
    assert_eq!(fs::metadata(path.join("shop"))?.ino(), before);
    assert!(path.join("shop/operations/tag0.rs").is_file());
    Ok(())
}

#[test]
fn check_shows_what_would_be_removed() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    fs::write(path.join("openapi.yaml"), document(LARGE.0, LARGE.1))?;
    ends(path, &generate("shop", "shop"), 0)?;
    fs::write(path.join("openapi.yaml"), document(3, 1))?;
    let before = tree(path)?;
    let said = ends(path, &[generate("shop", "shop"), vec!["--check"]].concat(), 1)?;
    assert!(said.contains("shop/operations/tag0.rs") && said.contains("would be removed"), "{said}");
    assert_eq!(tree(path)?, before);
    Ok(())
}

#[cfg(unix)]
mod links {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn what_is_behind_a_link_stays() -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let path = folder.path();
        fs::write(path.join("openapi.yaml"), document(LARGE.0, LARGE.1))?;
        ends(path, &generate("shop", "outside"), 0)?;
        ends(path, &generate("shop", "out"), 0)?;
        symlink("../outside", path.join("out/link"))?;
        let outside = tree(&path.join("outside"))?;
        fs::write(path.join("openapi.yaml"), document(3, 1))?;
        ends(path, &generate("shop", "out"), 0)?;
        assert_eq!(tree(&path.join("outside"))?, outside);
        assert!(path.join("out/link").is_symlink());

        // Where the client would have to go through the link, it is named.
        fs::remove_file(path.join("out/link"))?;
        symlink("../outside/operations", path.join("out/operations"))?;
        fs::write(path.join("openapi.yaml"), document(LARGE.0, LARGE.1))?;
        for force in [None, Some("--force")] {
            let arguments = generate("shop", "out").into_iter().chain(force).collect::<Vec<_>>();
            let said = ends(path, &arguments, 2)?;
            assert!(said.contains("`out/operations` is a link"), "{said}");
        }
        assert_eq!(tree(&path.join("outside"))?, outside);
        Ok(())
    }

    #[test]
    fn a_circle_of_links_ends() -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let path = folder.path();
        fs::create_dir_all(path.join("out/a"))?;
        symlink("../..", path.join("out/a/up"))?;
        symlink("b", path.join("out/c"))?;
        symlink("c", path.join("out/b"))?;
        for operations in [3, LARGE.0] {
            fs::write(path.join("openapi.yaml"), document(operations, LARGE.1))?;
            ends(path, &generate("shop", "out"), 0)?;
            ends(path, &[generate("shop", "out"), vec!["--check"]].concat(), 0)?;
        }
        assert!(["a/up", "b", "c"].iter().all(|link| path.join("out").join(link).is_symlink()));
        symlink("types.rs", path.join("out/types.rs")).err().ok_or("there is no `types.rs`")?;
        Ok(())
    }

    #[test]
    fn the_folder_itself_may_be_a_link_but_not_to_nowhere() -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let path = folder.path();
        fs::write(path.join("openapi.yaml"), document(3, 1))?;
        fs::create_dir(path.join("real"))?;
        symlink("real", path.join("out"))?;
        ends(path, &generate("shop", "out"), 0)?;
        assert!(path.join("out").is_symlink() && path.join("real/mod.rs").is_file());
        symlink("missing", path.join("lost"))?;
        let said = ends(path, &generate("shop", "lost"), 2)?;
        assert!(said.contains("`lost`"), "{said}");
        assert!(!path.join("missing").exists());
        Ok(())
    }
}

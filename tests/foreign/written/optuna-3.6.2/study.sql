BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.2.0.a');
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'three at once');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MINIMIZE',1,0);
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_intermediate_values" VALUES(1,1,0,1.3709625546348629399e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,1,1,9.48751628872338770293e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,1,2,0.808014653618164,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,1,3,7.37646165991076685486e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,3,0,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(6,3,1,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(7,3,2,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(8,3,3,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(9,4,0,0.992950805558435,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(10,4,1,8.73968492012489273079e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(11,4,2,8.34307720830507415499e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(12,4,3,8.14477335239516486709e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(13,5,0,6.40181773019232069898e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(14,5,1,5.22157728150514754972e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(15,5,2,4.82816379860942335167e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(16,6,0,8.63636058686941376905e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(17,6,1,5.52185211242090412397e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(18,6,2,4.48368262093806813073e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(19,5,3,4.63145705716156097508e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(20,7,0,2.47617573406301572092e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(21,7,1,2.07950569218218417333e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(22,7,2,1.94728234488857387951e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(23,6,3,0.396459787519665,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(24,8,0,1.65003827062651042822e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(25,9,0,1.3682933882404153536e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(26,10,0,2.20814252578244607505e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(27,11,0,6.80223944201640784434e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(28,12,0,4.29550852438497443586e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(29,12,1,2.03361075683588105045e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(30,11,1,3.94522646856684089389e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(31,13,0,1.30163940480842721392e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(32,11,2,2.99288881075031820699e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(33,11,3,2.5167199818420571411e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(34,12,2,1.27964483431951658864e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(35,14,0,8.15969475517307252232e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(36,14,1,6.86465229659570463915e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(37,12,3,9.02661873061334496526e-02,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(38,14,2,6.43297147706991534477e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(39,14,3,0.621713106730702,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(40,16,0,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(41,17,0,9.26095808702355083319e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(42,20,0,7.29402804321116815522e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(43,18,0,1.67632339358429760522e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(44,20,1,3.90839890920981702926e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(45,20,2,2.7798558645426996172e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(46,20,3,2.21558434220914091117e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(47,21,0,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(48,23,0,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(49,25,0,1.9062474030252,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(50,24,0,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(51,26,0,1.59507567088780177755e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(52,27,0,1.06069181857057,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(53,28,0,2.0,'FINITE');
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(2,1,'n_units_l0',24.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(3,1,'n_units_l1',35.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(4,1,'lr',0.01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(5,1,'dropout',3.00000000000000044408e-01,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(6,1,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(7,1,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(8,1,'momentum',8.67296484450926330467e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(9,2,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(10,2,'n_units_l0',35.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(11,2,'n_units_l1',8.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(12,2,'lr',8.07230788449976133062e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(13,2,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(14,2,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(15,2,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(16,2,'momentum',3.77275062962965312962e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(17,4,'n_layers',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(18,4,'n_units_l0',12.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(19,4,'n_units_l1',50.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(20,4,'n_units_l2',8.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(21,4,'lr',1.0266030035164250625e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(22,3,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(23,3,'n_units_l0',8.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(24,3,'n_units_l1',24.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(25,4,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(26,3,'lr',2.02286629319875770754e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(27,3,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(28,3,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(29,3,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(30,4,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(31,5,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(32,5,'n_units_l0',41.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(33,4,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(34,4,'momentum',2.82081760343318554973e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(35,5,'n_units_l1',23.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(36,5,'lr',5.05980387466043683014e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(37,5,'dropout',0.5,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(38,5,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(39,5,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(40,6,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(41,6,'n_units_l0',23.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(42,6,'n_units_l1',10.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(43,6,'lr',3.47323655959850098942e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(44,6,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(45,6,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(46,6,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(47,7,'n_layers',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(48,7,'n_units_l0',49.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(49,7,'n_units_l1',51.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(50,7,'n_units_l2',9.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(51,7,'lr',1.30967744937776105337e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(52,7,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(53,7,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(54,7,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(55,8,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(56,8,'n_units_l0',9.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(57,8,'n_units_l1',19.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(58,9,'n_layers',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(59,8,'lr',1.94801701978781832344e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(60,8,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(61,9,'n_units_l0',62.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(62,10,'n_layers',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(63,10,'n_units_l0',15.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(64,9,'n_units_l1',42.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(65,8,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(66,8,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(67,9,'n_units_l2',20.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(68,9,'lr',2.19577344653945696895e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(69,8,'momentum',4.21008736124070248596e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(70,9,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(71,10,'n_units_l1',33.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(72,10,'n_units_l2',45.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(73,9,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(74,9,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(75,10,'lr',1.13465761470066077692e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(76,10,'dropout',0.4,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(77,10,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(78,10,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(79,11,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(80,11,'n_units_l0',40.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(81,12,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(82,11,'lr',2.33588251948335570012e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(83,11,'dropout',3.00000000000000044408e-01,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(84,12,'n_units_l0',30.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(85,12,'lr',2.81325763800558716065e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(86,12,'dropout',3.00000000000000044408e-01,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(87,12,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(88,11,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(89,12,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(90,11,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(91,11,'momentum',6.13638269193135132972e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(92,12,'momentum',8.68095972080329625342e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(93,13,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(94,13,'n_units_l0',53.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(95,13,'n_units_l1',14.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(96,13,'lr',7.30005304291526371449e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(97,13,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(98,13,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(99,13,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(100,13,'momentum',4.80262906053723487298e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(101,14,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(102,14,'n_units_l0',14.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(103,14,'n_units_l1',12.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(104,14,'lr',7.19384346965963074327e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(105,14,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(106,15,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(107,15,'n_units_l0',25.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(108,15,'n_units_l1',8.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(109,15,'lr',4.70021424870730678696e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(110,15,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(111,15,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(112,15,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(113,14,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(114,14,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(115,16,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(116,16,'n_units_l0',27.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(117,16,'lr',1.59805771873544589199e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(118,17,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(119,16,'dropout',3.00000000000000044408e-01,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(120,16,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(121,16,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(122,16,'momentum',0.632510656558271,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(123,17,'n_units_l0',47.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(124,17,'lr',7.91754122538903485489e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(125,17,'dropout',3.00000000000000044408e-01,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(126,17,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(127,17,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(128,17,'momentum',0.684183164294893,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(129,19,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(130,19,'n_units_l0',63.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(131,19,'lr',1.16127587094117792551e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(132,19,'dropout',3.00000000000000044408e-01,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(133,20,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(134,20,'n_units_l0',12.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(135,20,'lr',4.28438612928179821115e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(136,20,'dropout',0.4,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(137,20,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(138,20,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(139,20,'momentum',8.9805813544914836477e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(140,18,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(141,18,'n_units_l0',43.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(142,18,'lr',0.0541191629819638,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(143,18,'dropout',0.4,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(144,18,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(145,18,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(146,18,'momentum',8.95057936092496841951e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(147,19,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(148,19,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(149,19,'momentum',7.03092505539392398361e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(150,21,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(151,21,'n_units_l0',14.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(152,21,'n_units_l1',8.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(153,22,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(154,21,'lr',9.95057720972821434235e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(155,21,'dropout',0.5,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(156,22,'n_units_l0',12.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(157,21,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(158,22,'lr',7.19685543824299858023e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(159,21,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(160,21,'momentum',8.9618771140871134051e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(161,23,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(162,23,'n_units_l0',9.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(163,23,'lr',9.47196780987159467346e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(164,23,'dropout',0.4,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(165,23,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(166,23,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(167,23,'momentum',8.77297712099901816351e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(168,22,'dropout',3.00000000000000044408e-01,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(169,22,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(170,22,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(171,22,'momentum',8.74868520775897273722e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(172,25,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(173,24,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(174,25,'n_units_l0',9.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(175,24,'n_units_l0',19.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(176,25,'lr',5.38656653808637919667e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(177,25,'dropout',3.00000000000000044408e-01,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(178,24,'lr',1.70013202411647482148e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(179,25,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(180,24,'dropout',0.4,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(181,25,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(182,24,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(183,25,'momentum',6.87038068406897739492e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(184,24,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(185,26,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(186,26,'n_units_l0',19.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(187,26,'lr',5.66457432191011314714e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(188,26,'dropout',0.4,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(189,26,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(190,26,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(191,26,'momentum',6.75269554113207215451e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(192,27,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(193,27,'n_units_l0',52.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(194,27,'lr',6.71861856960161325791e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(195,27,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(196,27,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(197,27,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(198,27,'momentum',0.569397168061548,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(199,28,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_system_attributes" VALUES(1,1,'fixed_params','{"n_layers": 2, "lr": 0.01}');
INSERT INTO "trial_system_attributes" VALUES(2,29,'fixed_params','{"n_layers": 1}');
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_user_attributes" VALUES(1,1,'units','[24, 35]');
INSERT INTO "trial_user_attributes" VALUES(2,2,'units','[35, 8]');
INSERT INTO "trial_user_attributes" VALUES(3,3,'units','[8, 24]');
INSERT INTO "trial_user_attributes" VALUES(4,4,'units','[12, 50, 8]');
INSERT INTO "trial_user_attributes" VALUES(5,5,'units','[41, 23]');
INSERT INTO "trial_user_attributes" VALUES(6,6,'units','[23, 10]');
INSERT INTO "trial_user_attributes" VALUES(7,7,'units','[49, 51, 9]');
INSERT INTO "trial_user_attributes" VALUES(8,8,'units','[9, 19]');
INSERT INTO "trial_user_attributes" VALUES(9,9,'units','[62, 42, 20]');
INSERT INTO "trial_user_attributes" VALUES(10,10,'units','[15, 33, 45]');
INSERT INTO "trial_user_attributes" VALUES(11,12,'units','[30]');
INSERT INTO "trial_user_attributes" VALUES(12,11,'units','[40]');
INSERT INTO "trial_user_attributes" VALUES(13,13,'units','[53, 14]');
INSERT INTO "trial_user_attributes" VALUES(14,15,'units','[25, 8]');
INSERT INTO "trial_user_attributes" VALUES(15,14,'units','[14, 12]');
INSERT INTO "trial_user_attributes" VALUES(16,16,'units','[27]');
INSERT INTO "trial_user_attributes" VALUES(17,17,'units','[47]');
INSERT INTO "trial_user_attributes" VALUES(18,20,'units','[12]');
INSERT INTO "trial_user_attributes" VALUES(19,18,'units','[43]');
INSERT INTO "trial_user_attributes" VALUES(20,19,'units','[63]');
INSERT INTO "trial_user_attributes" VALUES(21,21,'units','[14, 8]');
INSERT INTO "trial_user_attributes" VALUES(22,23,'units','[9]');
INSERT INTO "trial_user_attributes" VALUES(23,22,'units','[12]');
INSERT INTO "trial_user_attributes" VALUES(24,25,'units','[9]');
INSERT INTO "trial_user_attributes" VALUES(25,24,'units','[19]');
INSERT INTO "trial_user_attributes" VALUES(26,26,'units','[19]');
INSERT INTO "trial_user_attributes" VALUES(27,27,'units','[52]');
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,5.26540703109814711702e-01,'FINITE');
INSERT INTO "trial_values" VALUES(2,3,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(3,4,0,7.54986178466543589316e-01,'FINITE');
INSERT INTO "trial_values" VALUES(4,5,0,4.04133683281797495556e-01,'FINITE');
INSERT INTO "trial_values" VALUES(5,6,0,2.40734363797239503401e-01,'FINITE');
INSERT INTO "trial_values" VALUES(6,7,0,1.94728234488857387951e+00,'FINITE');
INSERT INTO "trial_values" VALUES(7,8,0,1.65003827062651042822e+00,'FINITE');
INSERT INTO "trial_values" VALUES(8,9,0,1.3682933882404153536e+00,'FINITE');
INSERT INTO "trial_values" VALUES(9,10,0,2.20814252578244607505e+00,'FINITE');
INSERT INTO "trial_values" VALUES(10,13,0,1.30163940480842721392e+00,'FINITE');
INSERT INTO "trial_values" VALUES(11,11,0,1.08821349511727324954e-01,'FINITE');
INSERT INTO "trial_values" VALUES(12,12,0,-2.282870107132120574e-02,'FINITE');
INSERT INTO "trial_values" VALUES(13,14,0,0.621713106730702,'FINITE');
INSERT INTO "trial_values" VALUES(14,16,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(15,17,0,9.26095808702355083319e-01,'FINITE');
INSERT INTO "trial_values" VALUES(16,18,0,1.67632339358429760522e+00,'FINITE');
INSERT INTO "trial_values" VALUES(17,20,0,5.22769775208465070637e-02,'FINITE');
INSERT INTO "trial_values" VALUES(18,21,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(19,23,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(20,25,0,1.9062474030252,'FINITE');
INSERT INTO "trial_values" VALUES(21,26,0,1.59507567088780177755e+00,'FINITE');
INSERT INTO "trial_values" VALUES(22,24,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(23,27,0,1.06069181857057,'FINITE');
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-30 02:08:15.166867','2026-11-30 02:08:16.498311');
INSERT INTO "trials" VALUES(2,1,1,'FAIL','2026-11-30 02:08:15.695486','2026-11-30 02:08:16.283586');
INSERT INTO "trials" VALUES(3,2,1,'COMPLETE','2026-11-30 02:08:16.186567','2026-11-30 02:08:17.027969');
INSERT INTO "trials" VALUES(4,3,1,'COMPLETE','2026-11-30 02:08:16.432497','2026-11-30 02:08:17.273123');
INSERT INTO "trials" VALUES(5,4,1,'COMPLETE','2026-11-30 02:08:16.578211','2026-11-30 02:08:17.640202');
INSERT INTO "trials" VALUES(6,5,1,'COMPLETE','2026-11-30 02:08:17.111890','2026-11-30 02:08:17.703287');
INSERT INTO "trials" VALUES(7,6,1,'PRUNED','2026-11-30 02:08:17.304554','2026-11-30 02:08:17.764582');
INSERT INTO "trials" VALUES(8,7,1,'PRUNED','2026-11-30 02:08:17.738325','2026-11-30 02:08:18.007006');
INSERT INTO "trials" VALUES(9,8,1,'PRUNED','2026-11-30 02:08:17.740057','2026-11-30 02:08:18.035341');
INSERT INTO "trials" VALUES(10,9,1,'PRUNED','2026-11-30 02:08:17.807229','2026-11-30 02:08:18.086764');
INSERT INTO "trials" VALUES(11,10,1,'COMPLETE','2026-11-30 02:08:18.056815','2026-11-30 02:08:18.554856');
INSERT INTO "trials" VALUES(12,11,1,'COMPLETE','2026-11-30 02:08:18.065119','2026-11-30 02:08:19.091172');
INSERT INTO "trials" VALUES(13,12,1,'PRUNED','2026-11-30 02:08:18.118086','2026-11-30 02:08:18.475422');
INSERT INTO "trials" VALUES(14,13,1,'PRUNED','2026-11-30 02:08:18.485020','2026-11-30 02:08:19.226148');
INSERT INTO "trials" VALUES(15,14,1,'FAIL','2026-11-30 02:08:18.616921','2026-11-30 02:08:18.901222');
INSERT INTO "trials" VALUES(16,15,1,'PRUNED','2026-11-30 02:08:18.925850','2026-11-30 02:08:19.436311');
INSERT INTO "trials" VALUES(17,16,1,'PRUNED','2026-11-30 02:08:19.153650','2026-11-30 02:08:19.607541');
INSERT INTO "trials" VALUES(18,17,1,'PRUNED','2026-11-30 02:08:19.241353','2026-11-30 02:08:20.231435');
INSERT INTO "trials" VALUES(19,18,1,'FAIL','2026-11-30 02:08:19.612691','2026-11-30 02:08:20.454877');
INSERT INTO "trials" VALUES(20,19,1,'COMPLETE','2026-11-30 02:08:19.700489','2026-11-30 02:08:20.292062');
INSERT INTO "trials" VALUES(21,20,1,'PRUNED','2026-11-30 02:08:20.279206','2026-11-30 02:08:20.768598');
INSERT INTO "trials" VALUES(22,21,1,'FAIL','2026-11-30 02:08:20.335939','2026-11-30 02:08:20.935580');
INSERT INTO "trials" VALUES(23,22,1,'PRUNED','2026-11-30 02:08:20.492410','2026-11-30 02:08:20.852941');
INSERT INTO "trials" VALUES(24,23,1,'PRUNED','2026-11-30 02:08:20.830554','2026-11-30 02:08:21.204269');
INSERT INTO "trials" VALUES(25,24,1,'PRUNED','2026-11-30 02:08:20.872367','2026-11-30 02:08:21.118994');
INSERT INTO "trials" VALUES(26,25,1,'PRUNED','2026-11-30 02:08:20.960452','2026-11-30 02:08:21.181050');
INSERT INTO "trials" VALUES(27,26,1,'PRUNED','2026-11-30 02:08:21.294161','2026-11-30 02:08:21.733930');
INSERT INTO "trials" VALUES(28,27,1,'RUNNING','2026-11-30 02:08:21.761530',NULL);
INSERT INTO "trials" VALUES(29,28,1,'WAITING',NULL,NULL);
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'3.6.2');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE INDEX ix_trials_study_id ON trials (study_id);
COMMIT;
